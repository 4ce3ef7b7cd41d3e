// Which view is shown: the link's session, consent, training, then the answers in this person's order.
import { Refusal, Unreachable, call, insist } from "./api.js";
import { banner, byId, clock, el, key, openDialog, words } from "./dom.js";
import { labelItem, trouble } from "./label.js";
import { consent, training } from "./round.js";

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const app = {
  state: null,
  codebook: "",
  closing: null,
  turn: 0,

  // Reads insist as well: a server that restarts costs a pause, not the page.
  async get(path) {
    for (;;) {
      try {
        const answer = await call(path);
        trouble(false);
        return answer;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        trouble(true);
        await wait(1000);
      }
    }
  },

  leave() {
    if (this.closing) this.closing();
    this.closing = null;
    clearInterval(this.ticking);
  },

  show(node, closing = null) {
    this.leave();
    this.closing = closing;
    byId("main").replaceChildren(node);
    window.scrollTo(0, 0);
  },

  title(text) {
    byId("top").replaceChildren(el("h1", {}, text), el("span", { class: "quiet" }, this.state ? this.state.name : ""));
    document.title = text;
  },

  progress(position, draft) {
    const { items } = this.state;
    const done = items.filter((item) => item.status !== "open").length;
    const time = el("span", { class: "quiet", title: "working time on this answer; idle time is left out" });
    const bar = el("progress", { max: String(items.length), value: String(done), "aria-label": `${done} of ${items.length} done` });
    const saved = el("span", { class: "quiet", id: "saved" });
    byId("top").replaceChildren(el("h1", {}, `Answer ${position} of ${items.length}`), bar, el("span", {}, `${done} done`), time, saved, el("span", { class: "quiet" }, this.state.name));
    document.title = `${position} of ${items.length}`;
    const tick = () => { time.textContent = clock(draft.seconds); };
    tick();
    this.ticking = setInterval(tick, 1000);
  },

  async start() {
    this.state = await this.get("state");
    if (!this.codebook) this.codebook = (await this.get("codebook")).text;
    if (!this.state.consent.accepted) return this.title("Welcome"), consent(this);
    const steps = this.state.training;
    const open = steps.findIndex((step) => !step.passed);
    if (open >= 0 && this.state.role === "annotator") return training(this, steps[open].step, open + 1, steps.length);
    const next = this.state.items.find((item) => item.draft) || this.state.items.find((item) => item.status === "open");
    return next ? this.go(next.position) : this.finished();
  },

  go(position) {
    return labelItem(this, position).catch(failed);
  },

  // The next open answer after this one, then those left open before it.
  goOn(position) {
    const { items } = this.state;
    const next = [...items.slice(position), ...items.slice(0, position)].find((item) => item.status === "open");
    return next ? this.go(next.position) : this.finished();
  },

  finished() {
    const { items, role } = this.state;
    const skipped = items.filter((item) => item.status === "skipped").length;
    this.title("Done");
    const text = items.length ? `All ${items.length} answers are done${skipped ? `, ${skipped} of them skipped` : ""}. Everything is saved. Thank you.` : "There is nothing to resolve yet: no answer has labels that part.";
    this.show(el("article", { class: "page" }, el("h2", {}, role === "adjudicator" ? "Nothing left to resolve" : "All done"), el("p", {}, text), items.length ? el("p", {}, el("button", { type: "button", onclick: () => this.list() }, "Look at an answer again ", key("g"))) : null));
    const onKey = (event) => { if (event.key === "g" && !byId("dialog").open) this.list(); };
    document.addEventListener("keydown", onKey);
    this.closing = () => document.removeEventListener("keydown", onKey);
  },

  list() {
    const list = el("ol", { class: "items" }, this.state.items.map((item) => {
      const state = item.status === "open" && item.draft ? "begun" : item.status;
      return el("li", {}, el("button", { type: "button", class: state, "data-position": String(item.position), onclick: () => { byId("dialog").close(); this.go(item.position); } }, `${item.position} `, el("span", { class: "quiet" }, words(state), item.flagged ? " ⚑" : "")));
    }));
    openDialog("All answers", el("p", { class: "quiet" }, "Tab moves, Enter opens."), list);
    list.querySelector("button")?.focus();
  },
};

function failed(error) {
  if (error instanceof Refusal) return banner(error.message);
  banner(`Something went wrong on this page (${error.message}). Reload it: what you did is kept.`);
  throw error;
}

async function begin() {
  const token = new URLSearchParams(location.hash.slice(1)).get("t");
  if (token) {
    // the secret leaves the address bar and the history before anything else happens
    history.replaceState(null, "", location.pathname);
    await insist("session", "POST", { token }, trouble);
  }
  await app.start();
}

window.addEventListener("unhandledrejection", (event) => failed(event.reason));
begin().catch(failed);
