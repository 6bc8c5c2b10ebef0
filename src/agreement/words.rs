//! Word lists of the comparison: function words, negators, polarity pairs, number words, units, and a light stemmer.
//!
//! Closed classes of the language, never words of a test's example. No scores and no claims here.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// How a word counts when claims are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Articles, prepositions, pronouns, auxiliaries, connectives: little weight.
    Function,
    /// Turns the meaning of what follows.
    Negator,
    /// Everything else.
    Content,
}

/// Closed classes of English, then of German, French, Spanish, Italian and Portuguese.
const FUNCTION: &str = "\
    a about above according additionally after again all also although am an and any are around as at be \
    because been before being both but by can could did do does doing done during each either especially \
    etc every finally first for from furthermore had has have having he hence her here hers him his how \
    however i if in into is it its itself just let may me might moreover must my need now of off often \
    on once only or other our out over overall own per s same she should since so some such than that \
    the their them themselves then there therefore these they this those through thus to too under until \
    up upon us very was we were what when where which while who whom whose why will with within would \
    you your yourself ll re ve d t m der die das und ist ein eine einen den dem des im zu von mit für \
    auf es sich sie er le la les un une et est du au aux en pour que qui dans il elle el los las una y \
    por para con se lo di e che o os um uma da dos em";

/// Content words that are in so many claims of any topic that sharing one says little. A closed list of general English, made
/// without a look at any set of answers.
const COMMON: &str = "\
    use make help include provide ensure important importance note several various different difference example \
    way people person number thing process good great well new first also often usually many much more most \
    like want get give take keep need time work lead allow create part type kind form result case follow \
    consider known call become level area point factor specific certain common able possible likely typically \
    generally based such related involve overall effective start begin end set put find see look know think say \
    go come try change impact effect role significant particular general main key high low large small long \
    short full easy due across among between";

const NEGATORS: &str = "\
    not no never none nobody nothing nowhere neither nor without cannot hardly nicht kein keine keinen \
    pas jamais não nunca nao";

/// Words with a negative twin: the twin is read as the word itself, negated, so that "unsafe" meets "not safe".
const TWINS: &str = "\
    unsafe/safe impossible/possible illegal/legal incorrect/correct invalid/valid unnecessary/necessary \
    unlikely/likely inaccurate/accurate incomplete/complete insufficient/sufficient unable/able \
    unreliable/reliable ineffective/effective irrelevant/relevant unhealthy/healthy unfair/fair \
    unlawful/lawful uncommon/common unknown/known unsuitable/suitable inappropriate/appropriate \
    inefficient/efficient unstable/stable untrue/true unwise/wise unaffected/affected unclear/clear \
    unavailable/available unsupported/supported incompatible/compatible inedible/edible \
    nonviolent/violent unimportant/important unrelated/related unacceptable/acceptable \
    unstructured/structured irreversible/reversible immutable/mutable asynchronous/synchronous \
    nontoxic/toxic unproven/proven unhappy/happy unwilling/willing unusual/usual \
    unpleasant/pleasant uncertain/certain unaware/aware unlimited/limited unpaid/paid unequal/equal \
    unfinished/finished unprotected/protected unsuccessful/successful unconstitutional/constitutional undefined/defined";

/// Opposites that are different words. Stems are compared, so "increases" meets "decreased".
const OPPOSITES: &str = "\
    increase/decrease increase/reduce increase/lower increase/diminish increase/decline rise/fall rise/drop \
    rise/decline rise/sink raise/lower raise/reduce raise/cut grow/shrink grow/decline grow/fall gain/lose \
    gain/loss expand/contract expand/shrink extend/shorten lengthen/shorten widen/narrow accelerate/slow \
    higher/lower high/low more/less more/fewer most/least most/fewest larger/smaller large/small big/small \
    bigger/smaller long/short longer/shorter tall/short wide/narrow thick/thin deep/shallow \
    heavy/light heavier/lighter faster/slower fast/slow quick/slow quicker/slower early/late \
    earlier/later older/younger old/new newer/older better/worse best/worst good/bad true/false \
    right/wrong correct/wrong correct/false always/never always/rarely often/rarely frequently/rarely \
    often/seldom allow/forbid allow/prohibit allow/prevent allow/ban allow/deny permit/forbid \
    permit/prohibit legal/banned legal/criminal safe/dangerous safe/hazardous safe/toxic safe/harmful \
    open/closed open/shut win/lose accept/reject accept/refuse accept/decline grant/deny confirm/deny \
    confirm/refute prove/disprove prove/refute uphold/overturn uphold/reverse agree/disagree \
    pass/fail succeed/fail success/failure works/broken maximum/minimum maximal/minimal maximise/minimise \
    maximize/minimize upper/lower cheap/expensive cheaper/dearer strong/weak stronger/weaker \
    strengthen/weaken easy/difficult easy/hard easier/harder simple/complex simple/complicated hot/cold \
    hotter/colder warm/cool warmer/cooler wet/dry soft/hard quiet/loud quieter/louder bright/dark \
    start/stop start/end begin/end start/finish enable/disable include/exclude add/remove add/subtract \
    insert/delete create/destroy build/demolish present/absent presence/absence appear/vanish \
    arrive/depart arrive/leave enter/leave enter/exit guilty/innocent alive/dead live/die survive/die \
    buy/sell borrow/lend import/export lock/unlock attach/detach connect/disconnect join/leave \
    positive/negative north/south northern/southern east/west eastern/western left/right day/night \
    morning/evening summer/winter mandatory/optional compulsory/optional compulsory/voluntary \
    mandatory/voluntary required/optional required/unnecessary public/private internal/external \
    inner/outer approve/reject approve/veto support/oppose benefit/harm beneficial/harmful \
    advantage/disadvantage help/hurt help/hinder improve/worsen improve/deteriorate recommend/avoid \
    recommend/discourage encourage/discourage sufficient/inadequate enough/insufficient \
    last/first full/empty fill/empty rich/poor male/female father/mother majority/minority \
    common/rare everything/nothing everyone/nobody everybody/nobody all/none \
    deny/admit attack/defend remember/forget love/hate profit/loss surplus/deficit debit/credit \
    acidic/alkaline permanent/temporary static/dynamic active/passive conscious/unconscious \
    transparent/opaque toxic/harmless poisonous/harmless vertical/horizontal ascending/descending \
    forward/backward inhale/exhale melt/freeze evaporate/condense victory/defeat peace/war \
    optimistic/pessimistic superior/inferior major/minor primary/secondary odd/even sync/async \
    before/after above/below over/under up/down on/off inside/outside upward/downward";

/// Past forms and participles that no ending gives away, with the word that they are read as.
const IRREGULAR: &str = "\
    rose/rise risen/rise fell/fall fallen/fall grew/grow grown/grow shrank/shrink shrunk/shrink won/win \
    lost/lose began/begin begun/begin went/go gone/go sold/sell bought/buy built/build held/hold \
    upheld/uphold overturned/overturn left/leave made/make took/take taken/take gave/give given/give \
    came/come became/become knew/know known/know saw/see seen/see said/say told/tell thought/think \
    found/find kept/keep led/lead met/meet paid/pay put/put ran/run sent/send spent/spend stood/stand \
    taught/teach wrote/write written/write spoke/speak spoken/speak broke/break broken/break \
    chose/choose chosen/choose drove/drive driven/drive flew/fly flown/fly forgot/forget \
    forgotten/forget froze/freeze frozen/freeze hid/hide hidden/hide shown/show sank/sink sunk/sink \
    swam/swim threw/throw thrown/throw wore/wear worn/wear understood/understand died/die dying/die \
    lying/lie beat/beat beaten/beat brought/bring caught/catch drew/draw drawn/draw ate/eat eaten/eat \
    fought/fight burnt/burn burned/burn meant/mean lent/lend slept/sleep shut/shut cut/cut children/child men/man women/woman people/person \
    feet/foot mice/mouse teeth/tooth";

const NUMBER_WORDS: &str = "\
    zero/0 two/2 three/3 four/4 five/5 six/6 seven/7 eight/8 nine/9 ten/10 eleven/11 twelve/12 \
    thirteen/13 fourteen/14 fifteen/15 sixteen/16 seventeen/17 eighteen/18 nineteen/19 twenty/20 \
    thirty/30 forty/40 fifty/50 sixty/60 seventy/70 eighty/80 ninety/90";

const MAGNITUDES: &str = "\
    hundred/1e2 thousand/1e3 million/1e6 billion/1e9 trillion/1e12 dozen/12 mio/1e6 bn/1e9 millionen/1e6 \
    milliarden/1e9 millones/1e6 millions/1e6 billions/1e9";

/// A physical dimension; quantities of one dimension are compared after conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Metres.
    Length,
    /// Kilograms.
    Mass,
    /// Seconds.
    Time,
    /// Litres.
    Volume,
    /// Degrees Celsius.
    Temperature,
}

const UNITS: &[(Dimension, &str)] = &[
    (
        Dimension::Length,
        "\
    km/1e3 kilometer/1e3 kilometre/1e3 meter/1.0 metre/1.0 cm/1e-2 centimeter/1e-2 mm/1e-3 \
    millimeter/1e-3 mile/1609.344 foot/0.3048 feet/0.3048 ft/0.3048 inch/0.0254 yard/0.9144",
    ),
    (
        Dimension::Mass,
        "\
    kg/1.0 kilogram/1.0 gram/1e-3 g/1e-3 mg/1e-6 milligram/1e-6 tonne/1e3 pound/0.453592 lb/0.453592 \
    ounce/0.0283495 oz/0.0283495",
    ),
    (
        Dimension::Time,
        "\
    second/1.0 sec/1.0 ms/1e-3 millisecond/1e-3 minute/60.0 min/60.0 hour/3600.0 h/3600.0 day/86400.0 \
    week/604800.0",
    ),
    (
        Dimension::Volume,
        "\
    liter/1.0 litre/1.0 l/1.0 ml/1e-3 milliliter/1e-3 gallon/3.78541",
    ),
];

/// The entries "name/rest" of a list.
fn pairs(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    list.split_whitespace().filter_map(|entry| entry.split_once('/'))
}

fn factors(list: &'static str) -> impl Iterator<Item = (&'static str, f64)> {
    pairs(list).filter_map(|(name, factor)| Some((name, factor.parse().ok()?)))
}

static CLASSES: LazyLock<HashMap<&str, Class>> = LazyLock::new(|| {
    let function = FUNCTION.split_whitespace().map(|word| (word, Class::Function));
    function.chain(NEGATORS.split_whitespace().map(|word| (word, Class::Negator))).collect()
});
static COMMON_STEMS: LazyLock<HashSet<String>> =
    LazyLock::new(|| COMMON.split_whitespace().map(stem).collect());
static POSITIVES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| pairs(TWINS).collect());
static VALUES: LazyLock<HashMap<&str, f64>> = LazyLock::new(|| factors(NUMBER_WORDS).collect());
static FACTORS: LazyLock<HashMap<&str, f64>> = LazyLock::new(|| factors(MAGNITUDES).collect());
static MEASURES: LazyLock<HashMap<&str, (Dimension, f64)>> = LazyLock::new(|| {
    let units = |(dimension, list): &(Dimension, &'static str)| {
        let dimension = *dimension;
        factors(list).map(move |(name, factor)| (name, (dimension, factor)))
    };
    UNITS.iter().flat_map(units).collect()
});
static LEMMAS: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| pairs(IRREGULAR).filter(|(word, lemma)| word != lemma).collect());
static OPPOSITE_STEMS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut map: HashMap<String, Vec<String>> = HashMap::new();
    for (a, b) in pairs(OPPOSITES) {
        let (a, b) = (stem(a), stem(b));
        map.entry(a.clone()).or_default().push(b.clone());
        map.entry(b).or_default().push(a);
    }
    map
});

/// How a word, in lower case, counts.
pub fn class(word: &str) -> Class {
    CLASSES.get(word).copied().unwrap_or(Class::Content)
}

/// Whether a stem is in so many claims that sharing it says little.
pub fn common(stem: &str) -> bool {
    COMMON_STEMS.contains(stem)
}

/// The positive word of a negative twin: `unsafe` gives `safe`.
pub fn twin(word: &str) -> Option<&'static str> {
    POSITIVES.get(word).copied()
}

/// The stems that say the opposite of a stem.
pub fn opposites(stem: &str) -> &'static [String] {
    OPPOSITE_STEMS.get(stem).map_or(&[], Vec::as_slice)
}

/// Words that join clauses: what one denies, the next does not.
pub fn joins(word: &str) -> bool {
    matches!(word, "but" | "and" | "because" | "so" | "although" | "while" | "since")
}

/// Prepositions, which end the reach of a negator that has found its word.
pub fn places(word: &str) -> bool {
    const LIST: &[&str] = &[
        "after", "before", "for", "in", "on", "at", "by", "with", "to", "from", "than", "as", "during", "of",
        "until", "about", "under", "over",
    ];
    LIST.contains(&word)
}

/// Content words that deny what follows them: "lacks oxygen", "avoid harsh chemicals".
pub fn denies(word: &str) -> bool {
    matches!(
        word,
        "lack"
            | "lacks"
            | "lacking"
            | "lacked"
            | "deprived"
            | "depleted"
            | "avoid"
            | "avoids"
            | "avoiding"
            | "refrain"
            | "fail"
            | "fails"
            | "failed"
            | "prevent"
            | "prevents"
    )
}

/// Whether a word, with the one behind it, opens a condition or a restriction, in which nothing is affirmed.
pub fn supposes(word: &str, next: &str) -> bool {
    match word {
        "if" | "whenever" | "unless" | "until" | "when" | "whether" | "wenn" | "falls" | "si" => true,
        "that" | "which" | "who" => matches!(
            next,
            "is" | "are" | "was" | "were" | "do" | "does" | "did" | "have" | "has" | "had" | "can" | "cannot"
        ),
        _ => false,
    }
}

/// The value of a number word. "one" is left out: it is a pronoun more often than a number.
pub fn number_word(word: &str) -> Option<f64> {
    VALUES.get(word).copied()
}

/// The factor of a magnitude word such as `million`.
pub fn magnitude(word: &str) -> Option<f64> {
    FACTORS.get(word).copied()
}

/// The dimension of a unit, singular or plural, and how many base units it is worth.
pub fn unit(word: &str) -> Option<(Dimension, f64)> {
    let find = |word: &str| MEASURES.get(word).copied();
    find(word).or_else(|| find(word.strip_suffix('s')?)).or_else(|| find(word.strip_suffix("es")?))
}

/// `yes`, `no` and their kin at the head of an answer.
pub fn verdict(word: &str) -> Option<bool> {
    match word {
        "yes" | "yeah" | "yep" | "ja" | "oui" | "sí" | "да" | "はい" => Some(true),
        "no" | "nope" | "nein" | "non" | "нет" | "いいえ" => Some(false),
        _ => None,
    }
}

/// Words after which a stated number is rounded: "about 17,000".
pub fn approximate(word: &str) -> bool {
    matches!(
        word,
        "about"
            | "approximately"
            | "around"
            | "roughly"
            | "nearly"
            | "almost"
            | "over"
            | "estimated"
            | "some"
            | "circa"
            | "ca"
            | "~"
            | "≈"
    )
}

/// Cuts the commonest English endings: plural `s`, `ed`, `ing`, `ly`. Not a full stemmer: conflation beyond these
/// costs precision on short claims.
pub fn stem(word: &str) -> String {
    let bytes = word.len();
    if class(word) == Class::Function {
        return word.to_owned();
    }
    if let Some(lemma) = LEMMAS.get(word) {
        return stem(lemma);
    }
    if !word.is_ascii() || bytes < 4 {
        return word.to_owned();
    }
    let vowel = |part: &str| part.bytes().any(|byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
    let mut root = word;
    if let Some(cut) = root.strip_suffix("'s") {
        root = cut;
    }
    if let Some(cut) = root.strip_suffix("ies").filter(|cut| cut.len() > 2) {
        return format!("{cut}y");
    }
    for ending in ["sses", "ches", "shes", "xes"] {
        if root.ends_with(ending) {
            return root[..root.len() - 2].to_owned();
        }
    }
    if root.ends_with('s') && !root.ends_with("ss") && !root.ends_with("us") && !root.ends_with("is") {
        root = &root[..root.len() - 1];
    }
    for ending in ["ing", "ed", "ly"] {
        // "speed" and "bring" end in no ending.
        let whole = root.ends_with("eed");
        if let Some(cut) = root.strip_suffix(ending).filter(|cut| !whole && cut.len() > 2 && vowel(cut)) {
            let last = cut.as_bytes()[cut.len() - 1];
            let twice =
                cut.len() > 3 && cut.as_bytes()[cut.len() - 2] == last && !matches!(last, b'l' | b's' | b'z');
            root = if twice { &cut[..cut.len() - 1] } else { cut };
            break;
        }
    }
    // "create", "created" and "creating" meet without their e.
    root.strip_suffix('e').filter(|cut| cut.len() > 2).unwrap_or(root).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_meet() {
        for (a, b) in [
            ("create", "creating"),
            ("created", "creates"),
            ("plan", "planned"),
            ("study", "studies"),
            ("box", "boxes"),
            ("tonne", "tonnes"),
            ("truck", "trucks"),
            ("inspect", "inspected"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        assert_ne!(stem("bus"), stem("bed"));
        assert_eq!(stem("über"), "über");
    }

    #[test]
    fn opposites_meet_by_stem() {
        assert!(opposites(&stem("increases")).contains(&stem("decreased")));
        assert!(!opposites(&stem("increases")).contains(&stem("rises")));
        assert!(opposites("bridge").is_empty());
    }
}
