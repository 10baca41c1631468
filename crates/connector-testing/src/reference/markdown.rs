//! Markdown, as far as the pages need it.

/// A page in the making: blocks with an empty line between them.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// A paragraph or heading.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text.as_ref().trim_end());
        self.text.push('\n');
    }

    /// A block of code.
    pub(super) fn fence(&mut self, language: &str, code: &str) {
        self.line(format!("```{language}\n{code}\n```"));
    }

    /// A table. Columns without a single value are left out.
    pub(super) fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        let kept: Vec<usize> =
            (0..head.len()).filter(|column| rows.iter().any(|row| !row[*column].is_empty())).collect();
        let line = |cells: Vec<&str>| format!("| {} |", cells.join(" | "));
        let mut lines =
            vec![line(kept.iter().map(|column| head[*column]).collect()), line(kept.iter().map(|_| "---").collect())];
        lines.extend(rows.iter().map(|row| line(kept.iter().map(|column| row[*column].as_str()).collect())));
        self.line(lines.join("\n"));
    }

    /// The page.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Text for a table: on one line, without the character that ends a cell.
pub(super) fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// Text with its reference links written in place: their names would clash on a page of many texts.
pub(super) fn inline_links(text: &str) -> String {
    let definition = |line: &str| {
        Some(line.strip_prefix('[')?.split_once("]: ")).flatten().map(|(name, url)| (name.to_owned(), url.to_owned()))
    };
    let (definitions, lines): (Vec<&str>, Vec<&str>) =
        text.split("\n\n").partition(|paragraph| definition(paragraph).is_some());
    let links = definitions.into_iter().filter_map(definition);
    links.fold(lines.join("\n\n"), |text, (name, url)| text.replace(&format!("][{name}]"), &format!("]({url})")))
}

/// Text as code. GitHub reads `|` as the end of a cell also within code, so it is escaped.
pub(super) fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Several codes, with commas.
pub(super) fn codes<S: AsRef<str>>(texts: &[S]) -> String {
    texts.iter().map(|text| code(text.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A word for a POSIX shell, in single quotes.
pub(super) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_its_shape() {
        let mut page = Page::default();
        page.line("# T");
        page.table(&["A", "Empty", "B"], vec![vec![code("a|b"), String::new(), cell("two\nlines | bar")]]);
        assert_eq!(page.finish(), "# T\n\n| A | B |\n| --- | --- |\n| `a\\|b` | two lines \\| bar |\n");
    }

    #[test]
    fn links_stand_where_they_are_used() {
        assert_eq!(inline_links("See [it][1].\n\n[1]: https://x.example/y"), "See [it](https://x.example/y).");
        assert_eq!(inline_links("One.\n\nTwo [1]."), "One.\n\nTwo [1].");
    }

    #[test]
    fn a_quote_stays_inside_its_word() {
        assert_eq!(shell("it's"), r"'it'\''s'");
    }
}
