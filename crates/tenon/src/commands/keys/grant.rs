//! What a key may do, as options.

use std::io::Read;

use clap::Args;
use connector_runtime::{
    Access, ApprovalBy, Domain, Exception, Grant, Pattern, Patterns, Reach, Rule, Rules, parse_duration, read_input,
};
use connector_sdk::{Code, Error, Result};
use jiff::Timestamp;

/// What a key may do.
#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    /// The whole grant as JSON in a file, or `-` for standard input; the other options are left out then
    #[arg(long, value_name = "PATH", conflicts_with_all = ["connection", "action", "tools", "allow", "rule", "recipient", "right", "expires"])]
    grant: Option<String>,
    /// Connection that it reaches, or the beginning of names and `*`; may be repeated
    #[arg(short, long, value_name = "NAME")]
    connection: Vec<String>,
    /// Action or trigger that it reaches, or the beginning of names and `*`; may be repeated
    #[arg(short, long, value_name = "ID")]
    action: Vec<String>,
    /// Action that agents get as a tool of its own, or the beginning of names and `*`; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    tools: Vec<String>,
    /// What it may do: effects (read, create, update, send, delete), each with `=preview` or `=approval` where that
    /// must come first; `write` is create and update after a preview, send and delete after an approval
    #[arg(long, value_name = "EFFECT[=RULE]", value_delimiter = ',', default_value = "read")]
    allow: Vec<String>,
    /// Rule for some actions, whatever their effect: ID=allow, =preview, =approval or =deny; the first that fits counts
    #[arg(long, value_name = "ID=RULE")]
    rule: Vec<String>,
    /// Domain that it may send to; may be repeated. Without one, it may send to any
    #[arg(long, value_name = "DOMAIN")]
    recipient: Vec<String>,
    /// Right beside runs: connect, approve, keys, metrics, admin, audit (its own entries), audit=all, watches=read,
    /// watches=write, destinations=read, destinations=write, approve-in-client
    #[arg(long, value_name = "RIGHT", value_delimiter = ',')]
    right: Vec<String>,
    /// Time after which it ends, such as 90d or 12h
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

impl GrantArgs {
    /// Returns the grant.
    ///
    /// # Errors
    /// `invalid_input` for what is no part of a grant.
    pub(crate) fn read(&self) -> Result<Grant> {
        if let Some(path) = &self.grant {
            return from_file(path);
        }
        let patterns = |texts: &[String]| -> Result<Patterns> {
            Ok(Patterns(texts.iter().map(Pattern::new).collect::<Result<_>>()?))
        };
        let mut grant = Grant {
            connections: patterns(&self.connection)?,
            actions: patterns(&self.action)?,
            tools: patterns(&self.tools)?,
            rules: self.rules()?,
            expires: self.expires.as_deref().map(end).transpose()?,
            ..Grant::default()
        };
        for right in &self.right {
            add_right(&mut grant, right)?;
        }
        Ok(grant)
    }

    fn rules(&self) -> Result<Rules> {
        let mut rules = Rules { read: Rule::Deny, ..Rules::default() };
        allow(&mut rules, &self.allow)?;
        for rule in &self.rule {
            let (action, rule) = rule
                .rsplit_once('=')
                .ok_or_else(|| wrong(&format!("`{rule}` names no rule"), "Write it as outlook.send_email=approval."))?;
            rules.exceptions.push(Exception { actions: Patterns::new([action])?, rule: read_rule(rule)? });
        }
        if !self.recipient.is_empty() {
            rules.recipients = Some(self.recipient.iter().map(Domain::new).collect::<Result<_>>()?);
        }
        if self.right.iter().any(|right| right == "approve-in-client") {
            rules.approvals = ApprovalBy::ClientOrConsole;
        }
        Ok(rules)
    }
}

/// Sets the rules of the effects that are named, such as `send=approval`.
///
/// # Errors
/// `invalid_input` for what is no effect or no rule.
pub(crate) fn allow(rules: &mut Rules, allowed: &[String]) -> Result<()> {
    for allowed in allowed {
        let (effect, rule) = match allowed.split_once('=') {
            Some((effect, rule)) => (effect, Some(read_rule(rule)?)),
            None => (&**allowed, None),
        };
        let usual = rule.unwrap_or(Rule::Allow);
        match effect {
            "read" => rules.read = usual,
            "create" => rules.create = usual,
            "update" => rules.update = usual,
            "send" => rules.send = usual,
            "delete" => rules.delete = usual,
            "write" => {
                let (change, beyond) = match rule {
                    Some(rule) => (rule, rule),
                    None => (Rule::AfterPreview, Rule::AfterApproval),
                };
                (rules.create, rules.update, rules.send, rules.delete) = (change, change, beyond, beyond);
            }
            other => {
                return Err(wrong(
                    &format!("`{other}` is no effect"),
                    "The effects are read, create, update, send and delete; write stands for all but read.",
                ));
            }
        }
    }
    Ok(())
}

fn read_rule(text: &str) -> Result<Rule> {
    Ok(match text {
        "allow" => Rule::Allow,
        "preview" => Rule::AfterPreview,
        "approval" => Rule::AfterApproval,
        "deny" => Rule::Deny,
        other => {
            return Err(wrong(&format!("`{other}` is no rule"), "The rules are allow, preview, approval and deny."));
        }
    })
}

fn add_right(grant: &mut Grant, right: &str) -> Result<()> {
    match right {
        "connect" => grant.connect = true,
        "approve" => grant.approve = true,
        "keys" => grant.keys = true,
        "metrics" => grant.metrics = true,
        "admin" => grant.admin = true,
        "audit" | "audit=own" => grant.audit = Reach::Own,
        "audit=all" => grant.audit = Reach::All,
        "watches=read" => grant.watches = Access::Read,
        "watches" | "watches=write" => grant.watches = Access::Write,
        "destinations=read" => grant.destinations = Access::Read,
        "destinations" | "destinations=write" => grant.destinations = Access::Write,
        // A part of the rules.
        "approve-in-client" => {}
        other => return Err(wrong(&format!("`{other}` is no right"), "`tenon keys add --help` lists the rights.")),
    }
    Ok(())
}

fn end(text: &str) -> Result<Timestamp> {
    let wrong =
        || wrong(&format!("`{text}` is no time until the end"), "Write it with a unit, such as 90d, 12h or 30m.");
    let span = parse_duration(text).map_err(|_| wrong())?;
    Timestamp::now().checked_add(span).map_err(|_| wrong())
}

fn from_file(path: &str) -> Result<Grant> {
    let mut text = String::new();
    let read = if path == "-" {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(path).map(|whole| text = whole)
    };
    read.map_err(|error| {
        Error::new(Code::InvalidInput, format!("the grant cannot be read from {path}")).caused_by(error)
    })?;
    let value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| Error::invalid("", format!("the grant is no JSON: {error}")))?;
    read_input(value)
}

fn wrong(what: &str, hint: &str) -> Error {
    Error::new(Code::InvalidInput, what).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use connector_sdk::Effect;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        grant: GrantArgs,
    }

    fn grant(options: &[&str]) -> Result<Grant> {
        Line::try_parse_from([&["keys"], options].concat()).unwrap().grant.read()
    }

    #[test]
    fn options_make_a_grant() {
        let made =
            grant(&["-c", "work", "-a", "outlook.*", "--allow", "read,write", "--rule", "outlook.send_email=deny"]);
        let made = made.unwrap();
        let rule = |action: &str, effect| made.rule(action, effect);
        assert_eq!(rule("outlook.list_emails", Effect::Read), Rule::Allow);
        assert_eq!(rule("outlook.create_draft", Effect::Create), Rule::AfterPreview);
        assert_eq!(rule("outlook.delete_email", Effect::Delete), Rule::AfterApproval);
        assert_eq!(rule("outlook.send_email", Effect::Send), Rule::Deny);
        assert_eq!(rule("entra.get_user", Effect::Read), Rule::Deny);
        assert!(!made.connect && !made.keys);
        let sender =
            grant(&["--allow", "send=preview", "--recipient", "contoso.com", "--right", "audit=all,connect"]).unwrap();
        assert_eq!((sender.rules.read, sender.rules.send), (Rule::Deny, Rule::AfterPreview));
        assert_eq!((sender.audit, sender.connect), (Reach::All, true));
        assert_eq!(sender.rules.recipients.unwrap()[0].as_str(), "contoso.com");
    }

    #[test]
    fn a_key_ends_after_days_or_hours() {
        let left = |text: &str| grant(&["--expires", text]).unwrap().expires.unwrap().duration_since(Timestamp::now());
        assert!((left("90d").as_hours() - 90 * 24).abs() <= 1);
        assert!((left("12h").as_mins() - 12 * 60).abs() <= 1);
        for bad in ["90", "-1d", "0d", "d", "soon", "99999999999999999999d"] {
            assert!(grant(&[&format!("--expires={bad}")]).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_part_of_a_grant_is_refused() {
        for bad in [
            ["--allow", "all"],
            ["--allow", "read=yes"],
            ["--rule", "outlook.send_email"],
            ["--right", "root"],
            ["-a", "a*b"],
        ] {
            assert!(grant(&bad).is_err(), "{bad:?}");
        }
    }
}
