// Comfort only: without this file the questionnaire is filled, saved and validated by its buttons.
// What it adds: each answer is saved by itself, and nothing typed is lost when the network or the session goes.

const form = document.getElementById("questionnaire");
const state = form.querySelector("[data-save-state]");
const storageKey = `convergence:${form.dataset.key}`;
const WAIT = 800; // milliseconds after the last key
const timers = new Map();
const queues = new Map(); // one request at a time for a criterion: versions stay in order
let sending = 0;

const fields = (criterion) => ({
  level: form.querySelector(`input[name="level-${CSS.escape(criterion)}"]:checked`),
  comment: form.querySelector(`textarea[name="comment-${CSS.escape(criterion)}"]`),
  version: form.querySelector(`input[name="version-${CSS.escape(criterion)}"]`),
});

const kept = () => JSON.parse(localStorage.getItem(storageKey) || "{}");
const keep = (criterion) => {
  const { level, comment, version } = fields(criterion);
  const all = kept();
  all[criterion] = { level: level ? level.value : "", comment: comment.value, version: version.value };
  localStorage.setItem(storageKey, JSON.stringify(all));
};
const release = (criterion) => {
  const all = kept();
  delete all[criterion];
  if (Object.keys(all).length) localStorage.setItem(storageKey, JSON.stringify(all));
  else localStorage.removeItem(storageKey);
};

const say = (text) => { state.textContent = text; };

const send = async (criterion) => {
  const { level, comment, version } = fields(criterion);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set(`level-${criterion}`, level ? level.value : "");
  body.set(`comment-${criterion}`, comment.value);
  body.set(`version-${criterion}`, version.value);
  let answer;
  try {
    answer = await fetch(form.dataset.saveUrl, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
  } catch {
    say("Pas de réseau : votre réponse est gardée sur cet appareil, elle sera enregistrée au prochain essai.");
    return;
  }
  const result = await answer.json().catch(() => ({}));
  if (answer.ok) {
    release(criterion);
    version.value = result.version;
    showSaved(criterion, result);
  } else if (answer.status === 409 && result.theirs) {
    showTheirs(criterion, result); // still kept: leaving before choosing loses nothing
  } else if (answer.status === 401) {
    say("Votre session est terminée : votre réponse est gardée sur cet appareil. Reconnectez-vous dans un autre onglet, puis enregistrez.");
  } else {
    say(result.title || "L’enregistrement a échoué : votre réponse est gardée sur cet appareil. Réessayez.");
  }
};

const save = (criterion) => {
  keep(criterion);
  say("Enregistrement…");
  const before = queues.get(criterion) || Promise.resolve();
  sending += 1;
  queues.set(criterion, before.then(() => send(criterion)).finally(() => { sending -= 1; }));
};

const showSaved = (criterion, result) => {
  const block = document.querySelector(`[data-criterion="${CSS.escape(criterion)}"]`);
  const { level } = fields(criterion);
  say(result.saved);
  block.querySelector("[data-outcome]").textContent = result.outcome;
  block.querySelector("[data-author]").textContent = "";
  block.classList.remove("cv-crit--error");
  block.querySelector(".cv-theirs")?.remove(); // leaving the field had sent the same text once more, under its old version
  if (level) {
    const notice = block.querySelector("[data-answer]");
    notice.textContent = block.querySelector(`label[for="${CSS.escape(level.id)}"] .cv-pick__name`).textContent;
    notice.className = "cv-state cv-state--done";
  }
  form.querySelector("[data-answered]").textContent = result.answered;
  form.querySelector("[data-percent]").textContent = result.asked ? Math.floor((100 * result.answered) / result.asked) : 100;
  const section = block.closest("[data-section]");
  const done = [...section.querySelectorAll(".cv-crit")].filter((one) => one.querySelector(".cv-levels input:checked")).length;
  const total = section.querySelectorAll(".cv-crit").length;
  const told = (count, whole) => `${count} réponse${count > 1 ? "s" : ""} sur ${whole}`;
  form.querySelector(`[data-section-count="${section.dataset.section}"]`).textContent = done;
  section.querySelector(".cv-title .cv-mention").textContent = told(done, total);
  form.querySelector("[data-all]").textContent = told(result.answered, result.asked);
};

const showTheirs = (criterion, result) => {
  const block = document.querySelector(`[data-criterion="${CSS.escape(criterion)}"]`);
  const { theirs } = result;
  block.querySelector(".cv-theirs")?.remove();
  const box = document.createElement("div");
  box.className = "cv-theirs";
  box.setAttribute("role", "alert");
  const line = (tag, text) => { const node = document.createElement(tag); node.textContent = text; return node; };
  box.append(line("p", `${theirs.by} a répondu à ${theirs.at}, pendant que vous répondiez : ${theirs.word}.`));
  if (theirs.comment) box.append(line("blockquote", theirs.comment));
  const mine = line("button", "Garder ma réponse");
  const other = line("button", `Prendre celle de ${theirs.by}`);
  for (const button of [mine, other]) { button.type = "button"; button.className = "fr-btn fr-btn--sm fr-btn--secondary fr-mr-1w"; box.append(button); }
  const settle = () => { box.remove(); block.querySelector("textarea").focus(); save(criterion); };
  mine.addEventListener("click", () => { fields(criterion).version.value = result.version; settle(); });
  other.addEventListener("click", () => {
    const { comment, version } = fields(criterion);
    version.value = result.version;
    comment.value = theirs.comment;
    for (const radio of block.querySelectorAll(".cv-levels input")) radio.checked = radio.value === theirs.level;
    settle();
  });
  block.open = true;
  block.querySelector(".cv-levels").before(box);
  say(result.title);
};

form.addEventListener("change", (event) => {
  const block = event.target.closest("[data-criterion]");
  if (!block || !/^(level|comment)-/.test(event.target.name)) return; // a file is not an answer
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
    Promise.all(queues.values()).then(() => form.requestSubmit(event.submitter));
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
  const { level, comment, version } = fields(criterion);
  const same = comment && (level ? level.value : "") === typed.level && comment.value === typed.comment;
  const arrived = comment && typed.sent && Number(version.value) > Number(typed.version);
  if (!comment || same || arrived) { release(criterion); return false; }
  comment.value = typed.comment;
  const radio = form.querySelector(`input[name="level-${CSS.escape(criterion)}"][value="${CSS.escape(typed.level)}"]`);
  if (radio) radio.checked = true;
  fields(criterion).version.value = typed.version;
  return true;
});
if (recovered.length) {
  const notice = form.querySelector("[data-recovered]");
  notice.hidden = false;
  notice.querySelector("p").textContent =
    `${recovered.length} ${recovered.length > 1 ? "réponses gardées" : "réponse gardée"} sur cet appareil lors d’une visite précédente : relisez, puis enregistrez votre brouillon.`;
}

// On a telephone the list of sections is folded; a link to a criterion opens it and puts the keyboard there.
if (matchMedia("(max-width: 61.99em)").matches) for (const toc of document.querySelectorAll("[data-fold-on-phone]")) toc.open = false;
const reveal = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const block = target && target.closest(".cv-crit");
  if (!block) return;
  block.open = true;
  if (block === target) target.querySelector("input, textarea, summary").focus();
  else target.scrollIntoView();
};
addEventListener("hashchange", reveal);
reveal();
document.querySelector("[data-focus]")?.focus();
