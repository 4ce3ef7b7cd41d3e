"""How an answer is worded: what share of its words is of which kind, whatever each of them says.

Classes of function words and of the field's terms, in the tradition of closed word lists (Stone et al. 1966, The General Inquirer),
with the shapes of words and of code.  No word is a feature by itself, and none is of one domain or question.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from scorers.heuristic.reading import Reading, is_remark
from scorers.heuristic.words import tokens

CLASSES = {
    # whom and what it is about
    "we": "we we're we've we'd we'll us our ours ourselves",
    "you": "you you're you've you'd you'll your yours yourself",
    "others": "they they're them their theirs he him his she her hers who whom",
    "persons": "person people somebody someone nobody everybody everyone anyone man woman human colleague customer customers user users",
    "it": "it it's its itself that that's this these those",
    "organisation": """team teams manager meeting meetings call email project quarter roadmap deadline stakeholder stakeholders lead
        director board""",
    # verbs
    "being": "is are am be being been isn't aren't i'm it's that's there's",
    "past": """was were had did wasn't didn't said told asked saw went came took gave made got found knew thought wrote left stopped started
        wanted""",
    "would": "would could should i'd we'd couldn't wouldn't shouldn't",
    "will": "will won't i'll we'll it'll going gonna",
    "must": "must need needs has have ought",
    "doing": "do does did doing done make makes made put get gets take takes give gives use used go goes keep keeps",
    "saying": "say says said tell told ask asked asks called write wrote read reads show shows see look looks",
    "thinking": "think thought know knew believe guess suppose expect understand wonder remember mean means",
    # logic
    "not": "not never no nobody nothing neither nor none don't doesn't isn't aren't can't couldn't won't wouldn't didn't wasn't",
    "if": "if unless whether otherwise when whenever until once either",
    "but": "but though although however yet except without only instead rather still while",
    "and": "and",
    "all": "all every each whole everything always both entire",
    "some": "some something somehow somewhere any anything several few lot lots bit whatever",
    "than": "than more less better worse bigger smaller larger faster slower cheaper higher lower most least best worst",
    "good": "good nice fine great well useful important strong solid easy simple okay",
    "bad": "wrong bad false error mistake missing missed broken blind fault worse lost suspect fails failed hurt",
    "things": "thing things stuff way kind sort part case point something",
    "so": "so oh okay anyway well now right",
    "the": "the a an",
    "prepositions": "of in on at by for with from to into as about against",
    # space, time, number
    "places": "below above over under outside inside between behind across near far left right top",
    "order in time": "then next after before now today later soon while during already yesterday tomorrow",
    "clock": """second seconds minute minutes hour hours day days week weeks month months year years monday tuesday wednesday thursday
        friday saturday sunday night morning quarter""",
    "numbers": """one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred thousand
        million half third quarter percent""",
    "calculation": """minus plus divided times ratio distance equal equals average root squared difference fraction product exponent sum
        twice row rows column columns bits bit bytes byte pointer slot key keys hash index counter array lambda mean median multiply
        multiplied subtract add shift""",
    # the field
    "operations": """dashboard dashboards alert alerts rollout deploy deployed deployment pipeline pipelines nightly cron job jobs kafka
        queue logs logging monitoring monitor retrain retrained retraining version versions registry airflow docker kubernetes grafana
        prometheus canary shadow release""",
    "training": """train trained trains training epoch epochs learning learn learns gradient gradients loss optimizer optimiser batch
        batches tune tuned tuning hyperparameter hyperparameters regularisation regularization dropout weights weight""",
    "models": """model models network networks forest tree trees regression classifier transformer embedding embeddings xgboost boosting
        ensemble baseline""",
    "data": """data dataset datasets feature features label labels labelled labeled sample samples table tables schema example examples
        record records""",
    "chance": """variance distribution noise random probability likelihood bias expected expectation significance interval confidence
        correlation independent prior posterior""",
    "structures": """list lists dict dictionary graph heap stack queue set string strings character characters node nodes loop loops
        recursion sorted sort merge scan""",
    "machines": """memory cpu gpu latency disk cache cached network bandwidth throughput server servers machine machines milliseconds
        request requests""",
    "money": "money cost costs price prices euro euros dollar dollars pay pays paid budget cheap expensive revenue",
    "evaluation": "precision recall accuracy metric metrics auc score scores test tests tested measure measured offline online",
}
"""Words by class; a word may be of several."""
_SHORT = 150
"""In an answer of fewer words a few uses say less than their share would."""
_LONG_WORD = 8
_CODE = {
    "lines": re.compile(r"\n"),
    "checks": re.compile(r"\b(?:assert|raise)\b"),
    "comments": re.compile(r"#"),
    "functions": re.compile(r"\bdef\b"),
    "loops": re.compile(r"\b(?:for|while)\b"),
    "branches": re.compile(r"\bif\b"),
}


def _classes() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for i, words in enumerate(CLASSES.values()):
        for word in words.split():
            found[word] = (*found.get(word, ()), i)
    return found


_CLASSES_OF = _classes()


def style(reading: Reading) -> dict[str, float]:
    """Uses of each class in a hundred words, the shapes of words, and counts of what code is made of."""
    own = [s for s in reading.answer.segments if s.speaker == "candidate" and not is_remark(s)]
    uses = Counter(chain.from_iterable([tokens(s.text) for s in own if s.kind != "code"]))
    counts = [0] * len(CLASSES)
    for word in uses.keys() & _CLASSES_OF.keys():
        for i in _CLASSES_OF[word]:
            counts[i] += uses[word]
    hundred = max(uses.total(), _SHORT) / 100
    row = {f"words: {name}": count / hundred for name, count in zip(CLASSES, counts, strict=True)}
    code = "\n".join([s.text for s in own if s.kind == "code"])
    return row | _shapes(uses) | {f"code: {name}": float(len(part.findall(code))) for name, part in _CODE.items()}


def _shapes(uses: Counter[str]) -> dict[str, float]:
    total = max(uses.total(), 1)
    return {
        "words: digits": 100 * sum([n for word, n in uses.items() if word[0].isdigit()]) / max(total, _SHORT),
        "words: letters": sum([len(word) * n for word, n in uses.items()]) / total,
        "words: long": sum([n for word, n in uses.items() if len(word) >= _LONG_WORD]) / total,
        "words: distinct": len(uses) / total**0.8,
    }
