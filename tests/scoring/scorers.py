"""Scorers that misbehave, as files that a run is given: each does so on answer ``a-21`` alone."""

RATES = """
import os, sys, time
class Trial:
    name = "trial"
    version = "1"
    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
    def score(self, answers):
        for answer in answers:
            time.sleep(self.pause)
            if answer.answer_id == "a-21":
                self.misbehave()
            yield {"answer_id": answer.answer_id, "rating": 1 + answer.words % 5, "patterns": []}
    def misbehave(self):
"""

MANNERS = {
    "well": "        pass",
    "hangs": "        time.sleep(600)",
    "dies": "        os.kill(os.getpid(), 9)",
    "leaves": "        os._exit(3)",
    "prints": "        os.write(1, b'to the descriptor\\n'); print('to stdout')",
    "rubbish": "        raise ValueError('rubbish')",
}


def trial(manner: str) -> str:
    """The text of a scorer's file."""
    return RATES + MANNERS[manner] + "\n"
