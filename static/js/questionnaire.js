// Comfort only: without this file a questionnaire, of evaluation or of projection, is filled, saved and validated by its
// buttons. What it adds: each criterion is saved by itself, and nothing typed is lost when the network or the session goes.

import { agreed, said } from "./words.js";

const form = document.querySelector("form[data-save-url]");
const state = form.querySelector("[data-save-state]");
const fault = form.querySelector("[data-save-fault]"); // another place: what fails interrupts, what is saved waits its turn
const storageKey = `convergence:${form.dataset.key}`;
const WAIT = 800; // milliseconds after the last key
const timers = new Map();
const LONGEST = 30_000; // milliseconds a request may take: one that hangs is kept on the device, and the next goes
let queue = Promise.resolve(); // one request at a time: versions stay in order, and the last answer counts all of them
let sending = 0;

const blockOf = (criterion) => form.querySelector(`[data-criterion="${CSS.escape(criterion)}"]`);
const ANSWER = /^(level|comment|date|aside|version)-/; // a file beside them is not an answer
const fieldsOf = (criterion) => [...(blockOf(criterion)?.querySelectorAll("[name]") ?? [])].filter((field) => ANSWER.test(field.name));
const keyOf = (field, criterion) => field.name.replace(`-${criterion}`, ""); // « date-A08.1.1-high » is « date-high »

// What the fields of a criterion say, by key; a version is one of them.
const typedIn = (criterion) => {
  const found = {};
  for (const field of fieldsOf(criterion)) {
    const key = keyOf(field, criterion);
    if (field.type === "radio") found[key] = field.checked ? field.value : found[key] ?? "";
    else found[key] = field.type === "checkbox" && !field.checked ? "" : field.value;
  }
  return found;
};
const put = (criterion, values) => {
  for (const field of fieldsOf(criterion)) {
    const value = values[keyOf(field, criterion)];
    if (value === undefined) continue;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = value !== "";
    else {
      field.value = value;
      if (field.value !== value && field.tagName === "SELECT") field.add(new Option(value, value, true, true)); // a quarter no longer offered
    }
  }
};

const kept = () => JSON.parse(localStorage.getItem(storageKey) || "{}");
const keep = (criterion) => {
  const all = kept();
  all[criterion] = typedIn(criterion);
  localStorage.setItem(storageKey, JSON.stringify(all));
};
const release = (criterion) => {
  const all = kept();
  delete all[criterion];
  if (Object.keys(all).length) localStorage.setItem(storageKey, JSON.stringify(all));
  else localStorage.removeItem(storageKey);
};

const say = (text) => { state.textContent = text; };
const fail = (text) => { say(""); fault.textContent = text; };

const send = async (criterion) => {
  const typed = typedIn(criterion);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  for (const field of fieldsOf(criterion)) {
    if (field.type !== "checkbox" || field.checked) body.set(field.name, typed[keyOf(field, criterion)]);
  }
  let answer;
  try {
    const asked = { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(LONGEST) };
    answer = await fetch(form.dataset.saveUrl, asked);
  } catch {
    fail(said("Pas de réseau : {kept} sur cet appareil, l’enregistrement se fera au prochain essai.", form.dataset));
    return;
  }
  const result = await answer.json().catch(() => ({}));
  if (answer.ok) {
    release(criterion);
    put(criterion, { version: String(result.version) });
    showSaved(criterion, result);
  } else if (answer.status === 409 && result.theirs) {
    showTheirs(criterion, result); // still kept: leaving before choosing loses nothing
  } else if (answer.status === 401) {
    fail(said("Votre session est terminée : {kept} sur cet appareil. Reconnectez-vous dans un autre onglet, puis enregistrez.", form.dataset));
  } else {
    if (result.faults) showFaults(criterion, result.faults);
    fail(result.title || said("L’enregistrement a échoué : {kept} sur cet appareil. Réessayez.", form.dataset));
  }
};

const save = (criterion) => {
  keep(criterion);
  say(said("Enregistrement…"));
  sending += 1;
  const run = () => send(criterion);
  queue = queue.then(run, run).finally(() => { sending -= 1; });
};

const write = (place, selector, text) => { for (const node of place.querySelectorAll(selector)) node.textContent = text; };

const showSaved = (criterion, result) => {
  const block = blockOf(criterion);
  say(result.saved);
  fault.textContent = "";
  showFaults(criterion, {});
  write(block, "[data-author]", "");
  block.classList.remove("cv-crit--error", "cv-crit--diverged");
  block.querySelector(".cv-theirs")?.remove(); // leaving the field had sent the same text once more, under its old version
  write(form, "[data-answered]", result.answered);
  write(form, "[data-percent]", result.asked ? Math.floor((100 * result.answered) / result.asked) : 100);
  for (const [name, text] of Object.entries(result.told ?? {})) write(form, `[data-told="${CSS.escape(name)}"]`, text);
  for (const bar of form.querySelectorAll("progress[data-progress]")) {
    bar.value = result.answered;
    bar.classList.toggle("cv-progress--done", result.answered === result.asked);
    bar.setAttribute("aria-label", said("Critères renseignés : {answered} sur {asked}", result));
  }
  if (result.outcome !== undefined) showAnswer(block, result);
};

// What only an evaluation has: the level chosen, what it amounts to, and how many answers each section has.
const showAnswer = (block, result) => {
  write(block, "[data-outcome]", result.outcome);
  const level = block.querySelector(".cv-levels input:checked");
  if (level) {
    const notice = block.querySelector("[data-answer]");
    notice.textContent = block.querySelector(`label[for="${CSS.escape(level.id)}"] .cv-pick__name`).textContent;
    notice.className = "cv-state cv-state--done";
  }
  const section = block.closest("[data-section]");
  const done = [...section.querySelectorAll(".cv-crit")].filter((one) => one.querySelector(".cv-levels input:checked")).length;
  const total = section.querySelectorAll(".cv-crit").length;
  const told = (count, whole) => said("{answers} sur {whole}", { answers: agreed(count, "réponse,réponses"), whole });
  write(form, `[data-section-count="${section.dataset.section}"]`, done);
  section.querySelector(".cv-title .cv-mention").textContent = told(done, total);
  write(form, "[data-all]", told(result.answered, result.asked));
};

// What does not hold is said under its field; nothing said takes it away.
const showFaults = (criterion, faults) => {
  for (const field of fieldsOf(criterion)) {
    const group = field.closest(".fr-select-group");
    if (!group) continue;
    const text = faults[keyOf(field, criterion)];
    group.querySelector(".fr-error-text")?.remove();
    group.classList.toggle("fr-select-group--error", Boolean(text));
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    if (!text) continue;
    const line = document.createElement("p");
    line.className = "fr-error-text";
    line.id = `e-${field.id}`;
    line.textContent = text;
    group.append(line);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
  }
  if (Object.keys(faults).length) blockOf(criterion).classList.add("cv-crit--error");
};

const showTheirs = (criterion, result) => {
  const block = blockOf(criterion);
  const { theirs } = result;
  block.querySelector(".cv-theirs")?.remove();
  const box = document.createElement("div");
  box.className = "cv-theirs";
  box.setAttribute("role", "alert");
  const line = (tag, text) => { const node = document.createElement(tag); node.textContent = text; return node; };
  box.append(line("p", theirs.told));
  if (theirs.comment) box.append(line("blockquote", theirs.comment));
  const mine = line("button", theirs.keep);
  const other = line("button", theirs.take);
  for (const button of [mine, other]) { button.type = "button"; button.className = "fr-btn fr-btn--sm fr-btn--secondary fr-mr-1w"; box.append(button); }
  const settle = (values) => {
    put(criterion, { ...values, version: String(result.version) });
    box.remove();
    block.querySelector("textarea, select").focus();
    save(criterion);
  };
  mine.addEventListener("click", () => settle({}));
  other.addEventListener("click", () => settle(theirs.fields));
  if (block.tagName === "DETAILS") block.open = true;
  block.querySelector(".cv-levels, .cv-ladder").before(box);
  say(result.title);
  fault.textContent = "";
};

form.addEventListener("change", (event) => {
  const block = event.target.closest("[data-criterion]");
  if (!block || !ANSWER.test(event.target.name)) return;
  clearTimeout(timers.get(block.dataset.criterion));
  save(block.dataset.criterion);
});
form.addEventListener("input", (event) => {
  const block = event.target.closest("[data-criterion]");
  if (!block || event.target.tagName !== "TEXTAREA") return;
  const { criterion } = block.dataset;
  keep(criterion);
  clearTimeout(timers.get(criterion));
  timers.set(criterion, setTimeout(() => save(criterion), WAIT));
});
form.addEventListener("submit", (event) => {
  for (const timer of timers.values()) clearTimeout(timer);
  if (sending) { // an answer on its way first brings its version back, or one would disagree with oneself
    event.preventDefault();
    queue.finally(() => form.requestSubmit(event.submitter));
    return;
  }
  const all = kept(); // everything on the page is being sent; whether it arrives, the versions will tell
  for (const typed of Object.values(all)) typed.sent = true;
  localStorage.setItem(storageKey, JSON.stringify(all));
});

// A file came: the bar says how far one is.
document.addEventListener("deposit:drawn", ({ detail }) => {
  form.querySelector("[data-answered]").textContent = detail.answered;
  form.querySelector("[data-percent]").textContent = detail.asked ? Math.floor((100 * detail.answered) / detail.asked) : 100;
});

// What an earlier visit could not send is put back, and said.
const recovered = Object.entries(kept()).filter(([criterion, typed]) => {
  const shown = typedIn(criterion);
  const { version, sent, ...values } = typed;
  const known = shown.version !== undefined;
  const same = known && Object.entries(values).every(([key, value]) => (shown[key] ?? value) === value);
  const arrived = known && sent && Number(shown.version) > Number(version);
  if (!known || same || arrived) { release(criterion); return false; }
  put(criterion, { ...values, version });
  return true;
});
if (recovered.length) {
  const notice = form.querySelector("[data-recovered]");
  notice.hidden = false;
  notice.querySelector("p").textContent = said("{count} {what} sur cet appareil lors d’une visite précédente : relisez, puis enregistrez votre brouillon.", {
    count: recovered.length,
    what: recovered.length > 1 ? form.dataset.many : form.dataset.one,
  });
}

// On a telephone the list of sections is folded; a link to a criterion opens it and puts the keyboard there.
if (matchMedia("(max-width: 61.99em)").matches) for (const toc of document.querySelectorAll("[data-fold-on-phone]")) toc.open = false;
const reveal = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const block = target && target.closest(".cv-crit");
  if (!block) return;
  const folded = target.closest("details");
  if (folded) folded.open = true;
  if (block === target) target.querySelector("input, textarea, select, summary").focus();
  else target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();
document.querySelector("[data-focus]")?.focus();
