//! From a key press to an action, by the table alone.

use super::action::{Action, Place};
use super::table::TABLE;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key as the table writes it: `s`, `Ctrl-D`, `Alt-Enter`, `Shift-Tab`.
pub fn name(key: KeyEvent) -> String {
    let base = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => {
            c.to_ascii_uppercase().to_string()
        }
        KeyCode::Char(c) => c.to_string(),
        KeyCode::BackTab => "Shift-Tab".to_owned(),
        KeyCode::PageUp => "PageUp".to_owned(),
        KeyCode::PageDown => "PageDown".to_owned(),
        KeyCode::F(number) => format!("F{number}"),
        other => format!("{other:?}"),
    };
    let mut name = String::new();
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        name.push_str("Ctrl-");
    }
    if key.modifiers.contains(KeyModifiers::ALT) {
        name.push_str("Alt-");
    }
    name + &base
}

/// The action of a key in a place.
pub fn action(place: Place, key: KeyEvent) -> Option<Action> {
    let name = name(key);
    let here = |place| {
        TABLE
            .iter()
            .filter(|entry| entry.place == place)
            .find(|entry| entry.keys.contains(&name.as_str()))
            .map(|entry| entry.action)
    };
    here(place).or_else(|| here(place.beyond()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for (at, entry) in TABLE.iter().enumerate() {
            for key in entry.keys {
                let twin = TABLE[at + 1..]
                    .iter()
                    .find(|other| other.place == entry.place && other.keys.contains(key));
                assert!(
                    twin.is_none(),
                    "{key} in {:?}: {} and {:?}",
                    entry.place,
                    entry.id,
                    twin.map(|twin| twin.id)
                );
            }
        }
    }

    #[test]
    fn keys_are_found_by_their_written_names() {
        let find = |code, modifiers| action(Place::Board, KeyEvent::new(code, modifiers));
        assert_eq!(find(KeyCode::Char('s'), KeyModifiers::NONE), Some(Action::Synthesis));
        assert_eq!(find(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Action::End));
        assert_eq!(find(KeyCode::Char('d'), KeyModifiers::CONTROL), Some(Action::HalfDown));
        assert_eq!(find(KeyCode::BackTab, KeyModifiers::SHIFT), Some(Action::PaneLeft));
        assert_eq!(find(KeyCode::Esc, KeyModifiers::NONE), Some(Action::Close));
    }
}
