//! Filters of messages with an order.
//!
//! Graph orders filtered messages only where the properties of the order stand in the filter too, first and in the same
//! order; see [the page on listing messages][1]. Otherwise it answers `InefficientFilter`. A condition that every
//! message meets will do.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/api/user-list-messages#using-filter-and-orderby-in-the-same-query

use connector_sdk::Query;

/// The times of a message, of which every message is known to be later than this.
const TIMES: [&str; 4] = ["receivedDateTime", "sentDateTime", "createdDateTime", "lastModifiedDateTime"];
const EARLIEST: &str = "1900-01-01T00:00:00Z";

/// Writes the filter of a query as its order asks, where the order is by times. Other orders are left to Graph to
/// judge.
pub fn ordered(query: &mut Query) {
    let (Some(filter), Some(orderby)) = (&query.filter, &query.orderby) else { return };
    let order = orderby.split(',').map(|order| order.split_whitespace().next().unwrap_or_default());
    let names: Option<Vec<&str>> =
        order.map(|name| TIMES.into_iter().find(|time| time.eq_ignore_ascii_case(name))).collect();
    let Some(names) = names else { return };
    if begins_with(filter, &names) {
        return;
    }
    let conditions: Vec<String> = names.iter().map(|name| format!("{name} ge {EARLIEST}")).collect();
    query.filter = Some(format!("{} and ({filter})", conditions.join(" and ")));
}

// Whether the properties stand in the filter before any other, as conditions of their own.
fn begins_with(filter: &str, names: &[&str]) -> bool {
    let mut conditions =
        filter.split(" and ").map(|condition| condition.trim().trim_start_matches('(').split_whitespace().next());
    let is_alternative = filter.contains(" or ");
    !is_alternative
        && names.iter().all(|name| conditions.next().flatten().is_some_and(|first| first.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(filter: &str, orderby: &str) -> String {
        let mut query = Query::default().with_filter(filter.to_owned()).with_orderby(orderby.to_owned());
        ordered(&mut query);
        query.filter.unwrap()
    }

    #[test]
    fn the_properties_of_the_order_come_first() {
        let sender = "from/emailAddress/address eq 'megan@contoso.example'";
        let all = "receivedDateTime ge 1900-01-01T00:00:00Z";
        assert_eq!(written(sender, "receivedDateTime desc"), format!("{all} and ({sender})"));
        assert_eq!(
            written("isRead eq false or isDraft eq true", "receivedDatetime"),
            format!("{all} and (isRead eq false or isDraft eq true)")
        );
        assert_eq!(
            written(sender, "sentDateTime desc,receivedDateTime"),
            format!("sentDateTime ge 1900-01-01T00:00:00Z and {all} and ({sender})")
        );
    }

    #[test]
    fn what_graph_accepts_stays_as_it_is() {
        for (filter, order) in [
            ("receivedDateTime ge 2026-01-01T00:00:00Z and isRead eq false", "receivedDateTime desc"),
            ("(receivedDateTime lt 2026-01-01T00:00:00Z)", "receivedDateTime"),
            ("isRead eq false", "subject"),
            ("isRead eq false", "from/emailAddress/name, receivedDateTime"),
        ] {
            assert_eq!(written(filter, order), filter);
        }
        let or = "receivedDateTime ge 2026-01-01T00:00:00Z or isRead eq false";
        assert!(
            written(or, "receivedDateTime").starts_with("receivedDateTime ge 1900"),
            "an alternative is no condition of its own"
        );
    }
}
