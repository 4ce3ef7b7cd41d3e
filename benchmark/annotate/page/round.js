// Before the first label: the consent text, then the training round with feedback, then the check.
import { Refusal, call } from "./api.js";
import { markdown } from "./codebook.js";
import { el, key, say, words } from "./dom.js";
import { Draft } from "./draft.js";
import { workbench } from "./label.js";

export function consent(app) {
  const accept = el("button", { type: "button", class: "primary" }, "I have read this and agree");
  accept.addEventListener("click", async () => {
    await call("consent", "POST", { version: app.state.consent.version });
    await app.start();
  });
  app.show(el("article", { class: "page" }, markdown(app.state.consent.text), el("p", {}, accept), el("p", { class: "quiet" }, `Text ${app.state.consent.version}. To decline, close this page; nothing is kept.`)));
  accept.focus();
}

export async function training(app, step, number, count) {
  const sheet = await app.get(`training/${step}`);
  app.title(`Training ${number} of ${count}`);
  if (sheet.questions) return check(app, step, sheet.questions);
  const draft = new Draft(null, null, {}, () => {});
  let told = null;
  const save = async () => {
    if (told) return app.start();
    try {
      told = await call(`training/${step}`, "POST", { labels: draft.labels });
    } catch (error) {
      if (!(error instanceof Refusal) || !error.problems.length) throw error;
      return work.form.complain(error.problems);
    }
    work.form.editable = false;
    work.node.querySelector(".side").prepend(feedback(told, app));
    work.form.rationale.readOnly = true;
    work.transcript.rows.focus({ preventScroll: true });
    work.node.querySelector(".side").scrollTo(0, 0);
    say("Compare with the worked answer, then Enter goes on.");
  };
  const work = workbench(app, sheet, draft, { save });
  app.show(work.node, work.close);
  work.node.querySelector(".side").prepend(el("p", { class: "note" }, "Practice: label this answer as you would any other; then you see how it was labelled and why. Practice is no label: it goes into no corpus. ", key("k"), " opens the codebook, ", key("?"), " all keys."));
  work.transcript.rows.focus();
}

function feedback(told, app) {
  const shown = (value) => (Array.isArray(value) ? value.map(words).join(", ") || "none" : value === null ? "–" : words(String(value)));
  const verdicts = { same: "as you", near: "a step away", other: "differs" };
  const rows = Object.entries(told.compared).filter(([field]) => field !== "confidence_direction" || told.labels[field]).map(([field, how]) => el("tr", { class: how }, el("th", { scope: "row" }, words(field)), el("td", {}, shown(told.labels[field])), el("td", {}, verdicts[how]), el("td", {}, (told.why[field] || "").replaceAll("`", ""))));
  const quotes = told.labels.evidence.map((e) => el("li", {}, `${words(e.label)}: segment ${e.segment + 1}`));
  return el("section", { class: "feedback", "aria-label": "The worked answer" }, el("h2", {}, "The worked answer"), el("p", {}, told.labels.rationale),
    el("table", {}, el("thead", {}, el("tr", {}, ["label", "worked", "you", "why"].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, rows)), quotes.length ? el("ul", {}, quotes) : null,
    el("p", {}, "Careful people differ; where you do, see which rule decides. ", el("button", { type: "button", class: "primary", onclick: () => app.start() }, "Go on ", key("Enter"))));
}

function check(app, step, questions) {
  const chosen = {};
  const note = el("div", { role: "alert" });
  const groups = questions.map((q, n) => el("fieldset", { id: q.id }, el("legend", {}, `${n + 1}. ${q.ask}`), q.options.map((option, i) =>
    el("label", { class: "option" }, el("input", { type: "radio", name: q.id, value: String(i), onchange: () => (chosen[q.id] = i) }), ` ${option}`)), el("p", { class: "told" })));
  const submit = async () => {
    const told = await call(`training/${step}`, "POST", { answers: chosen });
    for (const one of told.answers) {
      const line = document.querySelector(`#${one.id} .told`);
      line.textContent = one.right ? `Right. ${one.why}` : `Not quite: ${one.answer}. ${one.why}`;
      line.className = `told ${one.right ? "same" : "other"}`;
    }
    if (told.passed) {
      note.replaceChildren(el("p", {}, "All right. ", el("button", { type: "button", class: "primary", onclick: () => app.start() }, "Start labelling")));
      note.querySelector("button").focus();
    } else note.replaceChildren(el("p", {}, "Read the lines in red, change those answers and try again: as often as you like."));
  };
  app.show(el("article", { class: "page" }, el("h2", {}, "Before you start: six questions"), el("p", {}, "The codebook may be open beside it."), groups, el("p", {}, el("button", { type: "button", class: "primary", onclick: submit }, "Check my answers")), note));
  document.querySelector("input").focus();
}
