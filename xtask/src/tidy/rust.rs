//! Rust source taken apart as far as the rules need it.

/// The same lines twice: once with nothing but code, once with nothing but comments.
pub(super) struct Source {
    /// Code with comments and the insides of literals blanked.
    pub(super) code: Vec<String>,
    /// Comments, everything else blanked.
    pub(super) comments: Vec<String>,
}

/// What the character at hand belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Code,
    Line,
    Block(u32),
    Text,
    Raw(usize),
}

impl Source {
    /// Splits `text`.
    pub(super) fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let (mut code, mut comments) = (String::new(), String::new());
        let mut inside = Inside::Code;
        let mut at = 0;
        while at < chars.len() {
            let (next, len) = step(inside, &chars[at..]);
            let is_comment = |inside| matches!(inside, Inside::Line | Inside::Block(_));
            for &char in &chars[at..(at + len).min(chars.len())] {
                let in_comment = is_comment(inside) || is_comment(next);
                let in_code = inside == Inside::Code && next == Inside::Code;
                let blank = if char == '\n' { '\n' } else { ' ' };
                code.push(if in_code { char } else { blank });
                comments.push(if in_comment { char } else { blank });
            }
            inside = next;
            at += len;
        }
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        Self { code: lines(&code), comments: lines(&comments) }
    }

    /// The code before the file's own tests.
    pub(super) fn shipped(&self) -> &[String] {
        let is_tests = |pair: &[String]| {
            pair[0].trim() == "#[cfg(test)]" && pair[1].contains("mod ") && pair[1].contains('{')
        };
        let end = self.code.windows(2).position(is_tests).unwrap_or(self.code.len());
        &self.code[..end]
    }
}

/// Reads one token's worth: returns what the text is inside of afterwards, and how long it was.
fn step(inside: Inside, rest: &[char]) -> (Inside, usize) {
    let begins = |with: &str| with.chars().zip(rest).filter(|(a, b)| a == *b).count() == with.len();
    match inside {
        Inside::Code if begins("//") => (Inside::Line, 2),
        Inside::Code if begins("/*") => (Inside::Block(1), 2),
        Inside::Code if begins("\"") => (Inside::Text, 1),
        Inside::Code if begins("'") => (Inside::Code, literal(rest)),
        Inside::Code => raw(rest).unwrap_or((Inside::Code, word(rest))),
        Inside::Line if begins("\n") => (Inside::Code, 1),
        Inside::Block(depth) if begins("/*") => (Inside::Block(depth + 1), 2),
        Inside::Block(1) if begins("*/") => (Inside::Code, 2),
        Inside::Block(depth) if begins("*/") => (Inside::Block(depth - 1), 2),
        Inside::Text if begins("\\") => (Inside::Text, 2),
        Inside::Text if begins("\"") => (Inside::Code, 1),
        Inside::Raw(hashes) if begins(&format!("\"{}", "#".repeat(hashes))) => {
            (Inside::Code, 1 + hashes)
        }
        other => (other, 1),
    }
}

/// The length of a character literal, or 1 for the mark of a lifetime.
fn literal(rest: &[char]) -> usize {
    match rest {
        [_, '\\', _, tail @ ..] => {
            3 + tail.iter().position(|&char| char == '\'').map_or(0, |end| end + 1)
        }
        [_, _, '\'', ..] => 3,
        _ => 1,
    }
}

/// The opening of a raw string.
fn raw(rest: &[char]) -> Option<(Inside, usize)> {
    let prefix = if rest.starts_with(&['b', 'r']) { 2 } else { 1 };
    if rest.get(prefix - 1) != Some(&'r') {
        return None;
    }
    let hashes = rest[prefix..].iter().take_while(|&&char| char == '#').count();
    let is_raw = rest.get(prefix + hashes) == Some(&'"');
    is_raw.then_some((Inside::Raw(hashes), prefix + hashes + 1))
}

/// The length of the word that begins here, so that the end of a name is not taken for a prefix.
fn word(rest: &[char]) -> usize {
    rest.iter().take_while(|char| is_word(**char)).count().max(1)
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// Whether `line` holds `word` as a whole word.
pub(super) fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}
