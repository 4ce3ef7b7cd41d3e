// The server's API. What could not be sent is the caller's to send again; a refusal carries the server's words.

export class Refusal extends Error {
  constructor(status, body) {
    super(body.error || "The labels are not complete yet.");
    this.status = status;
    this.problems = body.problems || [];
  }
}

export class Unreachable extends Error {}

export async function call(path, method = "GET", body = undefined) {
  const headers = { "X-Bench-Annotate": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(`/api/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new Unreachable("The server can't be reached.");
  }
  if (response.status >= 500) throw new Unreachable("The server could not save.");
  const answer = await response.json();
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// Sends until the server has confirmed. `trouble` is told while it can't be reached, and when it can again.
export async function insist(path, method, body, trouble) {
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5000)) {
    try {
      const answer = await call(path, method, body);
      trouble(false);
      return answer;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      trouble(true);
      await wait(pause);
    }
  }
}
