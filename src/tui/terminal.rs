//! The terminal's modes: entered, lent to another program, and given back on every way out. Not what is drawn, nor what
//! keys mean.

use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::style::Print;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

/// Whose the terminal is.
static HOLDER: AtomicU8 = AtomicU8::new(NOBODY);
/// Our modes are off: it is the shell's, or was never ours.
const NOBODY: u8 = 0;
/// Our modes are on.
const OURS: u8 = 1;
/// A program that we started has it, and may leave it in any state.
const LENT: u8 = 2;

/// The line as it was before we changed it.
static LINE: Mutex<Option<Termios>> = Mutex::new(None);
/// Whether crossterm takes the line for raw, although the shell has had it since.
static STALE: AtomicBool = AtomicBool::new(false);
/// The line as we have it.
static OUR_LINE: Mutex<Option<Termios>> = Mutex::new(None);

/// One frame goes out in one write, as long as it is smaller than this.
const FRAME_BYTES: usize = 256 * 1024;

/// Undoes what a program that died may have left on: mouse and focus reports, application keys, its own keyboard
/// protocol, margins, a line-drawing character set, attributes, its cursor.
const UNDO: &str = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?1l\x1b>\
                    \x1b[=0u\x1b[>4m\x1b[?6l\x1b[?7h\x1b[r\x1b(B\x0f\x1b[0 q\x1b[0m";

/// The screen while it is ours.
pub(super) struct Screen {
    /// Never dropped: ratatui's drop prints to standard error when the cursor can't be shown, and that panics where the
    /// terminal is gone.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<BufWriter<Stdout>>>>,
}

impl Screen {
    /// Takes the terminal over.
    pub(super) fn enter() -> io::Result<Self> {
        // crossterm 0.29 turns bold and underline off under NO_COLOR; the theme leaves colours out by itself.
        crossterm::style::force_color_output(true);
        let entered = modes_on().and_then(|()| {
            let backend = CrosstermBackend::new(BufWriter::with_capacity(FRAME_BYTES, stdout()));
            Ok(Self { terminal: ManuallyDrop::new(Terminal::new(backend)?) })
        });
        entered.inspect_err(|_| restore())
    }

    /// Draws a frame, shown at once where the terminal knows how.
    pub(super) fn draw(&mut self, render: impl FnOnce(&mut ratatui::Frame<'_>)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(render)?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.terminal.backend_mut().flush()
    }

    /// Forgets what is on the screen, so that the next frame is drawn whole.
    ///
    /// Not by ratatui's `clear`, which asks the terminal where its cursor is: the answer would go to whoever reads keys.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    /// Sends a control sequence of ours, between frames.
    pub(super) fn send(&mut self, sequence: &str) -> io::Result<()> {
        execute!(self.terminal.backend_mut(), Print(sequence))
    }

    /// Takes the terminal again, whatever the one who had it left behind; the next frame is drawn whole.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        if HOLDER.load(Ordering::SeqCst) == LENT {
            set_line(&LINE);
            execute!(stdout(), Print("\r"), Clear(ClearType::UntilNewLine))?;
        }
        if STALE.swap(false, Ordering::SeqCst) {
            disable_raw_mode()?;
        }
        modes_on()?;
        execute!(self.terminal.backend_mut(), Print(UNDO))?;
        self.clear()
    }

    /// Makes good what a shell may have done to a terminal that never stopped being ours. Keys are read on meanwhile, so
    /// the line is touched only where it has to be.
    pub(super) fn renew(&mut self) -> io::Result<()> {
        let modes =
            |line: &Termios| (line.input_modes, line.output_modes, line.control_modes, line.local_modes);
        let ours = OUR_LINE.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(modes);
        if tcgetattr(rustix::stdio::stdin()).ok().as_ref().map(modes) != ours {
            set_line(&OUR_LINE);
        }
        execute!(self.terminal.backend_mut(), EnterAlternateScreen, EnableBracketedPaste, Print(UNDO))?;
        self.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

fn modes_on() -> io::Result<()> {
    keep_line(&LINE);
    // First, so that a failure half-way is undone as well.
    HOLDER.store(OURS, Ordering::SeqCst);
    enable_raw_mode()?;
    keep_line(&OUR_LINE);
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

fn keep_line(kept: &Mutex<Option<Termios>>) {
    *kept.lock().unwrap_or_else(PoisonError::into_inner) = tcgetattr(rustix::stdio::stdin()).ok();
}

/// Sets the line as it was kept, and makes writing wait again: programs that read without waiting share that with us.
fn set_line(kept: &Mutex<Option<Termios>>) {
    for end in [rustix::stdio::stdin(), rustix::stdio::stdout()] {
        if let Ok(flags) = fcntl_getfl(end) {
            let _ = fcntl_setfl(end, flags.difference(OFlags::NONBLOCK));
        }
    }
    if let Some(line) = kept.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, line);
    }
}

/// Gives the terminal back as it was. Safe to call from anywhere, any number of times.
pub(super) fn restore() {
    match HOLDER.swap(NOBODY, Ordering::SeqCst) {
        OURS => {
            let _ =
                execute!(stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, Show);
            let _ = disable_raw_mode();
        }
        LENT => {
            set_line(&LINE);
            // Whether the other one left the alternate screen is not known; going there first makes leaving it right.
            let _ = execute!(
                stdout(),
                EndSynchronizedUpdate,
                EnterAlternateScreen,
                Print(UNDO),
                DisableBracketedPaste,
                LeaveAlternateScreen,
                Show
            );
        }
        _ => {}
    }
}

/// Leaves the terminal as it is to whoever has it: in the background nothing may be written, and nothing set.
pub(super) fn leave_to_shell() {
    if HOLDER.swap(NOBODY, Ordering::SeqCst) == OURS {
        STALE.store(true, Ordering::SeqCst);
    }
}

/// Gives back the line alone, writing nothing: for when the terminal takes no more bytes.
pub(super) fn restore_line() {
    let _ = disable_raw_mode();
}

/// Turns our modes off for a program that is to have the terminal next.
pub(super) fn lend() {
    restore();
    HOLDER.store(LENT, Ordering::SeqCst);
    // Not every editor opens here.
    let _ = execute!(stdout(), Print("synod waits until your editor is closed "));
}

/// Whether a program that we started has the terminal.
pub(super) fn is_lent() -> bool {
    HOLDER.load(Ordering::SeqCst) == LENT
}

/// Whether the shell lets us have the terminal: to touch it from the background would stop us, or tear another's screen.
pub(super) fn in_foreground() -> bool {
    // Where there is no job control there is nobody to ask.
    !tcgetpgrp(rustix::stdio::stdin()).is_ok_and(|front| front != rustix::process::getpgrp())
}
