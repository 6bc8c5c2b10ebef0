//! The workbench where money is concerned: the question before something that a cap would stop, the cap that a person raises
//! on the way, and the price tag. What the engine does about caps is in `tests/it/engine/budget.rs`.

use crate::played::{command, opening, press, screen};
use synod::app::message::Offers;
use synod::app::{App, Effect, Msg, Opening, Overlay, update};
use synod::core::price::{Price, Prices};
