//! What kinds of thing a question asks for, by its words: a table of words and what each kind adds to how hard the question
//! looks. Words of several languages stand in it; a language that is missing only loses hints.

/// A kind of thing that is asked for.
pub(super) struct Kind {
    /// How the reason begins.
    pub said: &'static str,
    /// What it adds, in hundredths.
    pub points: i32,
    /// Its words and phrases, in small letters, set off by commas.
    pub words: &'static str,
}

/// The kinds; each counts once however many of its words are there.
pub(super) const KINDS: [Kind; 6] = [
    Kind {
        said: "asks for a proof or a derivation",
        points: 25,
        words: "prove,proof,disprove,derive,derivation,theorem,show that,refute,beweise,beweis,widerlege,prouver,prouve,\
            démontrer,démontre,demostrar,demuestra,dimostra,证明,證明,推导,証明,증명,докажи,доказать",
    },
    Kind {
        said: "asks for a comparison",
        points: 20,
        words: "compare,comparison,contrast,versus,vs,trade-off,trade-offs,tradeoff,tradeoffs,pros and cons,difference between,\
            differences between,advantages,disadvantages,which is better,what is better,weigh,vergleiche,vergleich,unterschied,\
            vorteile,nachteile,abwägen,comparer,compare,comparaison,différence,avantages,comparar,compara,diferencia,ventajas,\
            confronta,differenza,比较,比較,对比,區別,区别,違い,비교,차이,сравни,сравнить",
    },
    Kind {
        said: "asks for a design or a plan",
        points: 20,
        words: "design,architect,architecture,plan,roadmap,strategy,propose,draft a,develop a,come up with,entwirf,entwerfe,\
            entwurf,plane,strategie,konzept,concevoir,conçois,stratégie,diseña,diseñar,planifica,estrategia,progetta,strategia,\
            设计,設計,规划,計画,설계,계획,спроектируй,план",
    },
    Kind {
        said: "asks for reasons or an analysis",
        points: 15,
        words: "why,explain,how does,how do,how would,analyse,analyze,analysis,evaluate,assess,argue,justify,implications,\
            consequences,root cause,step by step,critique,review,warum,wieso,weshalb,erkläre,erklär,analysiere,begründe,bewerte,\
            pourquoi,explique,expliquer,analyser,évalue,por qué,explica,explicar,analiza,perché,spiega,por que,\
            为什么,為什麼,解释,分析,なぜ,説明,왜,설명,분석,почему,объясни",
    },
    Kind {
        said: "asks for a judgement",
        points: 15,
        words: "should i,should we,should they,recommend,recommendation,decide,advise,advice,best way,best approach,is it worth,\
            soll ich,sollte ich,sollen wir,sollten wir,empfiehl,empfehlung,devrais-je,devrions-nous,recommander,conseil,debería,\
            recomienda,dovrei,应该,應該,建议,べき,おすすめ,추천,стоит ли,посоветуй",
    },
    Kind {
        said: "asks for work on a program",
        points: 15,
        words: "debug,refactor,optimise,optimize,implement,bug,race condition,deadlock,stack trace,algorithm,complexity of,\
            implementiere,optimiere,implémenter,optimiser,implementa,optimiza,实现,优化,調試,実装,최적화,구현",
    },
];

/// Words that bind an answer: each adds on its own, up to a limit.
pub(super) const CONSTRAINTS: &str = "must,must not,at most,at least,no more than,no less than,without,exactly,except,unless,\
    constraint,constraints,requirement,requirements,subject to,given that,assuming,within,muss,müssen,höchstens,mindestens,\
    ohne,außer,genau,doit,au plus,au moins,sans,debe,como máximo,al menos,sin,deve,必须,必須,至少,最多,不超过,以内,以下,반드시,최소,최대";

/// How a question for a fact or a definition begins.
pub(super) const LOOKUPS: &str = "what is,what's,what are,what was,who,when,where,which year,define,definition of,translate,spell,\
    how many,how old,how tall,how far,how do you say,meaning of,synonym for,capital of,was ist,wer,wann,wo,wie viele,wie heißt,\
    übersetze,definiere,qu'est-ce,qui,quand,où,combien,traduis,qué es,quién,cuándo,dónde,cuántos,traduce,che cos'è,chi,\
    什么是,谁,翻译,とは,誰,いつ,翻訳,누구,언제,번역,что такое,кто,когда,где,переведи";

/// What people say who ask nothing.
pub(super) const GREETINGS: &str = "hi,hello,hey,thanks,thank you,good morning,good evening,bye,ok,test,hallo,danke,guten tag,\
    guten morgen,moin,bonjour,salut,merci,hola,gracias,ciao,grazie,olá,obrigado,你好,谢谢,こんにちは,ありがとう,안녕하세요,привет,спасибо";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::routing::words::folded;

    #[test]
    fn the_tables_hold_folded_words_and_no_empty_one() {
        let all = KINDS.iter().map(|kind| kind.words).chain([CONSTRAINTS, LOOKUPS, GREETINGS]);
        for word in all.flat_map(|words| words.split(',')) {
            assert!(!word.trim().is_empty() && word == word.trim() && word == folded(word), "{word:?}");
        }
    }
}
