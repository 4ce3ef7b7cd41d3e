// The labels of one answer: evidence and patterns, scales, verdict, signals, rationale; every control with its key.
import { el, key, say, words } from "./dom.js";
import { slice } from "./text.js";

export const SCALES = {
  pace: { key: "p", title: "Pace, from what the round asks for", values: [-2, -1, 0, 1, 2], told: ["far too slow", "a little slow", "right", "a little rushed", "far too rushed"] },
  depth: { key: "d", title: "Depth, from what the round asks for", values: [-2, -1, 0, 1, 2], told: ["far too shallow", "a little shallow", "right", "a little too deep", "far too deep"] },
  rating: { key: "r", title: "Rating: hiring signal for a senior role", values: [1, 2, 3, 4, 5], told: ["clear no", "leaning no", "undecided", "leaning yes", "clear yes"] },
  verdict: { key: "v", title: "Verdict: the main judgement", values: [], told: ["pace and depth suit the round", "mainly too little", "mainly too much", "weak for another reason"] },
};
const CONFIDENCE = "miscalibrated_confidence";
const shown = (field, value) => (["pace", "depth"].includes(field) && value > 0 ? `+${value}` : String(value).replaceAll("_", " ").replace(/^-/, "−"));

export class Form {
  constructor(vocabulary, sheet, draft, transcript, editable = true) {
    this.vocabulary = vocabulary;
    this.sheet = sheet;
    this.draft = draft;
    this.transcript = transcript;
    this.editable = editable;
    this.scales = { ...SCALES, verdict: { ...SCALES.verdict, values: vocabulary.verdict } };
    this.problems = el("div", { class: "problems", role: "alert" });
    this.spans = el("ul", { class: "spans", "aria-label": "Evidence marked so far" });
    this.rationale = el("textarea", { id: "rationale", rows: "3", maxlength: "4000", "aria-describedby": "rationale-hint", oninput: () => draft.change((l) => (l.rationale = this.rationale.value), "rationale") });
    this.node = el("section", { class: "form", "aria-label": "Labels" }, this.patterns(), this.spans, this.scale("pace"), this.scale("depth"), this.signals(), this.scale("rating"), this.scale("verdict"),
      el("fieldset", {}, el("legend", {}, el("label", { for: "rationale" }, "Rationale "), key("w")), this.rationale, el("p", { id: "rationale-hint", class: "quiet" }, "One or two sentences that a hiring manager could read out. ", key("Esc"), " goes back to the transcript.")));
    this.draw();
  }

  button(text, keys, title, onclick, extra = {}) {
    // pointerdown would take the selection away before the click is heard
    return el("button", { type: "button", title, onclick, onpointerdown: (e) => e.preventDefault(), ...extra }, el("span", {}, text), key(keys));
  }

  patterns() {
    this.patternButtons = this.vocabulary.patterns.map((name, i) => {
      const button = this.button(words(name), String(i + 1), "Marks the selected words; without a selection tells what is marked. Shift and the digit take the pattern away.", () => this.mark(name), { class: "pattern", "aria-pressed": "false" });
      button.style.setProperty("--own", `var(--p${i + 1})`);
      return button;
    });
    this.direction = el("div", { class: "choices", role: "radiogroup", "aria-label": "Direction of the miscalibrated confidence" },
      ["over", "under"].map((value, i) => this.button(value, `c ${i + 1}`, `confidence: ${value}`, () => this.choose("confidence_direction", value), { role: "radio", "data-field": "confidence_direction", "data-value": value })));
    return el("fieldset", {}, el("legend", {}, "Failure patterns: select words, then the pattern "), el("div", { class: "choices" }, this.patternButtons), this.direction);
  }

  scale(field) {
    const scale = this.scales[field];
    const choices = scale.values.map((value, i) =>
      this.button(shown(field, value), `${scale.key} ${i + 1}`, scale.told[i], () => this.choose(field, value), { role: "radio", "data-field": field, "data-value": JSON.stringify(value), "aria-label": `${shown(field, value)}: ${scale.told[i]}` }));
    const told = el("p", { class: "quiet told", id: `told-${field}` });
    return el("fieldset", {}, el("legend", {}, scale.title), el("div", { class: "choices", role: "radiogroup", "aria-label": scale.title, "aria-describedby": `told-${field}` }, choices), told);
  }

  signals() {
    this.signalButtons = this.vocabulary.signals.map((name, i) => this.button(words(name), `s ${i + 1}`, `signal: ${words(name)}`, () => this.signal(name), { "aria-pressed": "false" }));
    return el("fieldset", {}, el("legend", {}, "Senior signals that the answer shows"), el("div", { class: "choices" }, this.signalButtons));
  }

  // --- changes

  mark(name) {
    if (!this.editable) return;
    const ranges = this.transcript.selected();
    if (!ranges.length) return say(`Select the words that show ${words(name)} first: arrow keys move by word, with Shift they select.`);
    const changed = this.draft.change((l) => {
      for (const range of ranges) {
        if (!l.evidence.some((e) => e.label === name && e.segment === range.segment && e.start === range.start && e.end === range.end)) l.evidence.push({ label: name, ...range });
      }
      if (!l.patterns.includes(name)) l.patterns.push(name);
    });
    say(changed ? `${words(name)} marked` : `${words(name)} is marked there already`);
    this.draw();
  }

  unmark(name) {
    this.remove((e) => e.label === name, name);
  }

  remove(matches, name) {
    const changed = this.draft.change((l) => {
      l.evidence = l.evidence.filter((e) => !matches(e));
      l.patterns = l.patterns.filter((p) => l.evidence.some((e) => e.label === p));
      if (!l.patterns.includes(CONFIDENCE)) l.confidence_direction = null;
    });
    if (changed) say(`${words(name)} taken away`);
    this.draw();
  }

  choose(field, value) {
    if (!this.editable) return;
    if (field === "confidence_direction" && !this.draft.labels.patterns.includes(CONFIDENCE)) return say("Mark miscalibrated confidence first.");
    this.draft.change((l) => (l[field] = value));
    say(`${field.replaceAll("_", " ")}: ${shown(field, value)}`);
    this.draw();
  }

  signal(name) {
    if (!this.editable) return;
    this.draft.change((l) => (l.signals = l.signals.includes(name) ? l.signals.filter((s) => s !== name) : [...l.signals, name]));
    say(`${words(name)} ${this.draft.labels.signals.includes(name) ? "marked" : "taken away"}`);
    this.draw();
  }

  // The digit after a group's key.
  digit(group, n) {
    const field = { v: "verdict", r: "rating", p: "pace", d: "depth" }[group];
    if (field && n <= this.scales[field].values.length) this.choose(field, this.scales[field].values[n - 1]);
    else if (group === "s" && n <= this.vocabulary.signals.length) this.signal(this.vocabulary.signals[n - 1]);
    else if (group === "c" && n <= 2) this.choose("confidence_direction", ["over", "under"][n - 1]);
  }

  // --- drawing

  draw() {
    const labels = this.draft.labels;
    this.problems.replaceChildren(); // what was missing may be there now: the next save says
    this.transcript.draw(labels.evidence);
    this.patternButtons.forEach((button, i) => button.setAttribute("aria-pressed", String(labels.patterns.includes(this.vocabulary.patterns[i]))));
    this.signalButtons.forEach((button, i) => button.setAttribute("aria-pressed", String(labels.signals.includes(this.vocabulary.signals[i]))));
    this.direction.hidden = !labels.patterns.includes(CONFIDENCE);
    for (const button of this.node.querySelectorAll("[role=radio]")) {
      const { field, value } = button.dataset;
      button.setAttribute("aria-checked", String(field === "confidence_direction" ? labels[field] === value : JSON.stringify(labels[field]) === value));
    }
    for (const [field, scale] of Object.entries(this.scales)) {
      const i = scale.values.indexOf(labels[field]);
      this.node.querySelector(`#told-${field}`).textContent = i < 0 ? "not chosen yet" : scale.told[i];
    }
    if (this.rationale.value !== labels.rationale) this.rationale.value = labels.rationale || "";
    this.spans.replaceChildren(...labels.evidence.map((e) => this.span(e)));
  }

  span(e) {
    const segment = this.sheet.segments[e.segment];
    const text = segment.kind === "silence" ? "(silence)" : slice(segment.text, e.start, e.end);
    const remove = el("button", { type: "button", "aria-label": `Take away: ${words(e.label)}, ${text}`, onclick: () => this.remove((other) => JSON.stringify(other) === JSON.stringify(e), e.label) }, "×");
    return el("li", {}, el("b", {}, String(this.vocabulary.patterns.indexOf(e.label) + 1)), ` ${words(e.label)}: “${text.length > 70 ? `${text.slice(0, 67)}…` : text}” `, this.editable && remove);
  }

  complain(problems) {
    this.problems.replaceChildren(el("p", {}, problems.length === 1 ? "One thing is missing before this can be saved:" : `${problems.length} things are missing before this can be saved:`),
      el("ul", {}, problems.map((p) => el("li", {}, el("b", {}, p.field.replaceAll("_", " ")), `: ${p.message.replaceAll("_", " ")}`))));
    this.problems.scrollIntoView({ block: "nearest" });
  }
}
