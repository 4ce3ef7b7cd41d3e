"""A complete scorer.  Try it: bench run --scorer examples/my_scorer.py -S patience=0.8"""


class AsksBack:
    """Believes in candidates who react to the interviewer and finish in time."""

    name = "asks-back"
    version = "1.0"

    def __init__(self, patience: float = 1.0):
        self.patience = patience

    def score(self, answers):
        for answer in answers:
            if not answer.text.strip():
                yield {"answer_id": answer.answer_id, "abstained": "nothing was said"}
                continue
            questions = answer.text.count("?")
            late = answer.seconds > self.patience * answer.question.time_budget_s
            yield {
                "answer_id": answer.answer_id,
                "rating": min(5, 2 + questions) - late,
                "verdict": "too_deep" if late else "balanced",
                "patterns": ["poor_time_awareness"] if late else [],
            }
