"""Words and phrases of general English and of the field, by what a speaker does with them.

No sentence of the corpus stands here: a lexicon that knew the data would measure the data.
"""

from __future__ import annotations

REASON = "reason"
REJECT = "reject"
CHOOSE = "choose"
COST = "cost"
RISK = "risk"
CLOSE = "close"
OWN = "own"
PLAN = "plan"
HEDGE = "hedge"
PLEAD = "plead"
ABSOLUTE = "absolute"
ADD = "add"
EXPLAIN = "explain"
TURN = "turn"
YOU = "you"
CONDITION = "condition"
FIGURE = "figure"
VAGUE = "vague"
TOOL = "tool"
JUDGE = "judge"
"""Said of an answer by whoever rates it: no measure, but a passage full of it may be written for a judge (``heard``)."""

CATEGORIES = (
    REASON, REJECT, CHOOSE, COST, RISK, CLOSE, OWN, PLAN, HEDGE, PLEAD, ABSOLUTE, ADD, EXPLAIN, TURN, YOU, CONDITION, FIGURE, VAGUE,
    TOOL, JUDGE,
)  # fmt: skip

PHRASES: dict[str, tuple[str, ...]] = {
    REASON: (
        "because", "since", "so that", "otherwise", "which means", "that means", "the reason", "in order to", "therefore",
        "due to", "as a result", "that's why", "this is why", "given that", "unless", "the point is", "it follows",
        "which is why", "hence",
    ),
    REJECT: (
        "instead of", "rather than", "not worth", "i wouldn't", "i would not", "i'd not", "i won't", "i'd skip", "i'll skip",
        "leave out", "i'd leave", "i'm leaving", "not doing", "no need", "don't need", "as opposed to", "i'd drop", "ruled out",
        "turned down", "said no", "out of scope", "i refused", "against it", "i'd rather",
    ),
    CHOOSE: (
        "i'd", "i'll", "i would", "i will", "i chose", "i decided", "i picked", "i went with", "go with", "my choice", "i want",
        "i recommend", "we should", "the decision", "i propose", "i'm going to", "the one that", "i made the call", "i took",
        "i stopped", "i'd start", "recommendation", "i asked",
    ),
    COST: (
        "costs", "cost", "price", "pay", "paying", "expense", "trade", "trade-off", "tradeoff", "budget", "worth", "cheap", "cheaper",
        "expensive", "lose", "gain", "at the price", "slower", "versus", "sacrifice", "give up", "afford",
    ),
    RISK: (
        "fail", "fails", "failure", "breaks", "break", "broke", "wrong", "miss", "misses", "missed", "leak", "leaks", "leakage",
        "drift", "stale", "outage", "worst", "risk", "risky", "bias", "edge case", "corrupt", "late", "empty", "missing", "attack",
        "crash", "mistake", "harm", "damage", "complaint", "complaints", "spike", "overflow", "nan", "hurt", "blind spot",
    ),
    CLOSE: (
        "measure", "measured", "monitor", "monitoring", "check", "checked", "verify", "validate", "validation", "test", "tests",
        "assert", "alert", "alerts", "holdout", "roll back", "rollback", "rolled back", "shadow", "canary", "watch", "track",
        "tracked", "review", "audit", "compare", "compared", "experiment", "after launch", "in production", "since then",
        "by week", "per week", "the next quarter", "afterwards", "learned", "learnt", "next time", "ever since", "follow up",
        "kill switch", "threshold for", "we saw", "it went", "dropped to", "came back",
    ),
    OWN: ("i", "i'd", "i'll", "i'm", "i've", "my", "me", "mine", "myself"),
    PLAN: (
        "first", "second", "third", "firstly", "secondly", "three things", "two things", "three parts", "two parts", "in order",
        "let me start", "i'll start", "start with", "start by", "then i'll", "outline", "roadmap", "step one", "step two", "my plan",
        "finally", "last part", "to summarise", "to summarize", "in short", "part one", "part two", "four steps", "agenda",
        "summary", "next", "before that", "to begin",
    ),
    HEDGE: (
        "maybe", "perhaps", "probably", "possibly", "might", "i guess", "i suppose", "kind of", "sort of", "not sure", "i think",
        "i believe", "hopefully", "it depends", "could be", "somewhat", "more or less", "i'd imagine", "presumably", "may be",
        "seems", "arguably", "one could", "one would", "potentially",
    ),
    PLEAD: (
        "sorry", "does that make sense", "is that okay", "is that ok", "is that right", "if that's okay", "if that's alright",
        "i hope that", "what would you prefer", "whatever you think", "if you prefer", "you tell me", "i could be wrong",
        "i don't want to", "happy to change", "either way", "i'd defer", "up to you", "no strong view", "no strong opinion",
        "i'm not the right", "don't quote me", "i may be wrong", "not my place",
    ),
    ABSOLUTE: (
        "definitely", "certainly", "guarantee", "guaranteed", "guarantees", "no doubt", "without doubt", "no question", "obviously",
        "of course", "always", "never", "impossible", "cannot fail", "can't fail", "won't fail", "no risk", "zero risk", "not a risk",
        "hundred percent", "100%", "absolutely", "undoubtedly", "no exceptions", "every time", "solved problem", "simply works",
        "just works", "no way", "nothing can", "any doubt", "settled", "bulletproof",
    ),
    ADD: (
        "also", "another", "as well", "plus", "and then there's", "in addition", "additionally", "moreover", "furthermore", "or",
        "alternatively", "various", "etc", "so on", "a range of", "options", "different", "besides", "among others", "there's also",
        "several", "many", "all kinds",
    ),
    EXPLAIN: (
        "is defined", "defined as", "definition", "works by", "consists of", "formula", "derivative", "gradient", "matrix", "vector",
        "internally", "under the hood", "the algorithm", "mathematically", "is computed", "computed by", "layer", "layers", "kernel",
        "the way it works", "mechanism", "implementation", "architecture", "complexity", "theorem", "derive", "expands", "parameter",
        "parameters", "term", "sum over", "normalised", "normalized", "log", "square", "is called", "known as", "proportional",
    ),
    TURN: (
        "fair", "fair point", "good point", "you're right", "that's right", "true", "agreed", "good question", "sure",
        "yes", "no", "right", "in that case", "then", "exactly", "point taken", "you mean", "to answer",
    ),
    YOU: ("you", "you're", "you've", "you'd", "you'll", "your", "yours"),
    CONDITION: ("if", "unless", "otherwise", "whether", "until", "once", "either"),
    FIGURE: (
        "minus", "plus", "divided", "times", "ratio", "distance", "equal", "equals", "average", "root", "squared", "difference",
        "fraction", "product", "exponent", "sum", "twice", "row", "rows", "column", "columns", "bits", "bit", "bytes", "byte", "pointer",
        "slot", "key", "keys", "hash", "index", "counter", "array", "lambda", "mean", "median", "multiply", "multiplied", "subtract",
        "shift",
    ),
    VAGUE: (
        "something", "somebody", "someone", "somehow", "whatever", "thing", "things", "stuff", "usual", "rest", "better", "bigger", "good",
        "nice", "fine", "well", "more", "whole", "everything", "anything", "lot", "always", "really",
    ),
    TOOL: (
        "dashboard", "dashboards", "alert", "alerts", "rollout", "deploy", "deployed", "deployment", "pipeline", "pipelines", "nightly",
        "cron", "job", "jobs", "kafka", "queue", "logs", "logging", "monitoring", "monitor", "retrain", "retrained", "retraining",
        "version", "versions", "registry", "airflow", "docker", "kubernetes", "grafana", "prometheus", "release", "train", "trained",
        "training", "epoch", "epochs", "tune", "tuned", "tuning", "hyperparameter", "hyperparameters", "xgboost", "boosting", "model",
        "models", "feature", "features",
    ),
    JUDGE: (
        "rubric", "verdict", "rate", "rated", "rating", "ratings", "grade", "graded", "grader", "graders", "judge", "judges",
        "evaluator", "assessor", "reviewer", "instruction", "instructions", "prompt", "transcript", "pre-approved", "inst", "system",
        "assistant", "user", "marks", "labels", "score", "scores", "pattern", "patterns", "criteria", "guidelines", "answer", "response",
        "candidate", "submission", "interview", "confidence", "pace", "depth", "ai", "llm",
    ),
}  # fmt: skip

FILLERS = frozenset("um uh er erm uhm hmm mm mhm ah eh like basically actually yeah".split())
"""Passed over when reading, wherever they stand."""

SAME_WORD = {
    "normalized": "normalised", "normalize": "normalise", "optimize": "optimise", "optimized": "optimised", "summarize": "summarise",
    "prioritize": "prioritise", "behavior": "behaviour", "color": "colour", "favor": "favour", "labor": "labour", "labeled": "labelled",
    "labeling": "labelling", "modeling": "modelling", "modeled": "modelled",
    "center": "centre", "analyze": "analyse", "catalog": "catalogue",
    "program": "programme", "learned": "learnt", "canceled": "cancelled", "judgment": "judgement", "gray": "grey",
}  # fmt: skip
"""Two spellings of one word; the phrases above have both where a word is spelt in two ways."""

STOPWORDS = frozenset(
    """a about after all also am an and any are as at back be because been before being between both but by can can't come could
    did do does doing don't done down each else even every few for from get give go going got had has have he her here him his
    how i i'd i'll i'm i've if in into is isn't it it's its just keep know let like made make many may me might more most much
    must my need no nor not now of off ok okay on once one only or other our out over own per put really right said same say see she
    should so some something sort still such take tell than that that's the their them then there there's these they thing things
    think this those though to too two um uh er under up upon us use used very want was wasn't way we well were what what's when
    where which while who whom why will with without won't would yeah yes you you're your""".split()
)
