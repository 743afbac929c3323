// A file field becomes a deposit that survives: sent in pieces (tus), suspended, taken up again, even after the page was
// reloaded or the network was lost. Without this file the form sends its files whole, for small ones.
//
//   <input type="file" data-about="slot:…">   in a form that holds the token; the button marked data-deposit sends it otherwise.
//
// Once a file is received: where the button has a `formaction`, it is told which (« file », a reference) and answers with
// the slots as they now are; elsewhere the line says what becomes of it.
//
//   data-recipients="age1… age1…" data-seal="…/seal.js"   a sealed zone: what is chosen is encrypted for these keys before it
//   leaves the machine; where that cannot be done, nothing leaves. What is encrypted already (.age, ZED!) goes as it is.

import { Upload, defaultOptions } from "tus-js-client";

import { language, said } from "../js/words.js";

const PIECE = 8 * 1024 * 1024;
const AT_ONCE = 2;
const AGAIN = [0, 1000, 3000, 5000, 10000, 20000, 30000];
const PREFIX = "tus::cv::";
const SEALED = /\.(age|zed)$/i;

const size = (bytes) => {
  const units = [bytes > 1 ? said("octets") : said("octet"), said("Ko"), said("Mo"), said("Go")];
  let [value, rank] = [bytes, 0];
  while (value >= 1000 && rank < 3) [value, rank] = [value / 1000, rank + 1];
  return `${value.toLocaleString(language === "fr" ? "fr-FR" : "en-GB", { maximumFractionDigits: rank > 1 ? 1 : 0 })}\u00a0${units[rank]}`;
};
const lasting = (seconds) => {
  if (!Number.isFinite(seconds) || seconds > 86400) return "";
  if (seconds < 60) return said("encore moins d’une minute");
  const minutes = Math.round(seconds / 60);
  if (minutes === 1) return said("encore 1 minute environ");
  return minutes < 90 ? said("encore {minutes} minutes environ", { minutes }) : said("encore {hours} heures environ", { hours: Math.round(minutes / 60) });
};
const made = (tag, classes, text = "") => {
  const one = document.createElement(tag);
  if (classes) one.className = classes;
  if (text) one.textContent = text;
  return one;
};

const fingerprint = (about) => async (file, options) => [PREFIX, about, file.name, file.size, file.lastModified, options.endpoint].join("|");
const reasonOf = (response) => {
  try { return JSON.parse(response.getBody()).title || ""; } catch { return ""; }
};

const queue = [];
let sending = 0;
const next = () => {
  while (sending < AT_ONCE && queue.length) {
    sending += 1;
    queue.shift().start();
  }
};
const freed = () => { sending -= 1; next(); };
const active = new Set();
window.addEventListener("beforeunload", (event) => { if (active.size) event.preventDefault(); });

class Transfer {
  constructor(field, file, recipients = "") {
    this.field = field;
    this.file = file;
    this.endpoint = field.input.dataset.tus || (language === "fr" ? "/depots/" : `/${language}/depots/`);
    this.known = Boolean(recipients); // sealed anew, it is other bytes: never taken up where a former one stopped
    this.state = "waiting";
    this.draw();
    this.upload = new Upload(file, {
      endpoint: this.endpoint,
      chunkSize: PIECE,
      retryDelays: AGAIN,
      metadata: { filename: file.name, about: field.about, ...(recipients && { recipients }) },
      headers: { "X-CSRFToken": field.token(), Accept: "application/json" },
      fingerprint: fingerprint(field.about),
      storeFingerprintForResuming: !recipients,
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => this.again(error),
      onProgress: (sent, total) => this.progressed(sent, total),
      onSuccess: () => this.arrived(),
      onError: (error) => this.failed(error),
    });
  }

  draw() {
    this.line = made("li", "cv-transfer");
    const told = made("div", "cv-transfer__told");
    told.append(made("p", "cv-transfer__name", this.file.name));
    this.progress = made("progress", "cv-progress");
    this.progress.max = this.file.size || 1;
    this.progress.value = 0;
    this.progress.setAttribute("aria-label", said("Envoi de {name}", this.file));
    this.text = made("p", "cv-mention", said("En attente · {size}", { size: size(this.file.size) }));
    this.live = made("p", "fr-sr-only");
    this.live.setAttribute("role", "status");
    this.alarm = made("p", "fr-sr-only");
    this.alarm.setAttribute("role", "alert");
    told.append(this.text, this.progress, this.live, this.alarm);
    this.toggle = this.button(said("Suspendre"), () => (this.state === "sending" || this.state === "waiting" ? this.suspend() : this.resume()));
    this.drop = this.button(said("Abandonner"), () => this.abandon());
    const actions = made("div", "cv-transfer__actions");
    actions.append(this.toggle, this.drop);
    this.line.append(told, actions);
    this.field.list().append(this.line);
  }

  button(word, pressed) {
    const one = made("button", "fr-btn fr-btn--sm fr-btn--tertiary");
    one.type = "button";
    this.name(one, word);
    one.addEventListener("click", pressed);
    return one;
  }

  name(button, word) {
    button.replaceChildren(word, made("span", "fr-sr-only", said(" : {name}", this.file)));
  }

  say(text, { aloud = true, error = false } = {}) {
    this.text.textContent = text;
    this.text.classList.toggle("fr-error-text", error);
    if (!aloud) return;
    const whole = said("{name} : {text}", { name: this.file.name, text });
    this.live.textContent = error ? "" : whole;
    this.alarm.textContent = error ? whole : "";
  }

  async start() {
    this.state = "sending";
    active.add(this);
    this.name(this.toggle, said("Suspendre"));
    this.toggle.hidden = false;
    if (!this.known) {
      this.known = true;
      const [before] = await this.upload.findPreviousUploads();
      if (before) this.upload.resumeFromPreviousUpload(before);
    }
    if (this.state !== "sending") return;
    this.began = null;
    this.upload.options.headers["X-CSRFToken"] = this.field.token();
    this.upload.start();
  }

  progressed(sent, total) {
    if (this.state !== "sending") return;
    const moment = performance.now();
    this.began ??= { moment, sent };
    const rate = (sent - this.began.sent) / Math.max((moment - this.began.moment) / 1000, 0.001);
    this.progress.value = sent;
    const left = rate > 0 ? lasting((total - sent) / rate) : "";
    const tenth = Math.floor((10 * sent) / total);
    const told = said("Envoi en cours : {sent} sur {total}", { sent: size(sent), total: size(total) });
    this.say(left ? `${told} · ${left}` : told, { aloud: tenth !== this.tenth });
    this.tenth = tenth;
  }

  again(error) {
    const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
    if (!status) this.say(said("Pas de réseau : l’envoi reprendra de lui-même."));
    return !status || status === 409 || status === 423 || status === 460 || (status >= 500 && status !== 507);
  }

  failed(error) {
    if (this.state !== "sending") return;
    const response = error.originalResponse;
    const status = response ? response.getStatus() : 0;
    this.stop("stopped");
    if (!status) {
      this.say(said("Pas de réseau : l’envoi reprendra de lui-même, d’où il en est."));
      this.waiting = setTimeout(() => this.resume(), 15000);
      window.addEventListener("online", () => this.resume(), { once: true });
    } else if (status === 401) {
      this.say(said("Votre session est terminée. Reconnectez-vous dans un autre onglet, puis reprenez : rien n’est perdu."), { error: true });
    } else {
      const reason = reasonOf(response) || said("Le serveur a refusé l’envoi ({status}). Rechargez la page, puis choisissez de nouveau le fichier.", { status });
      this.say(reason, { error: true });
      if ([400, 403, 404, 410, 413, 415].includes(status)) this.toggle.hidden = true;
    }
  }

  stop(state) {
    if (this.state === "sending") { active.delete(this); freed(); }
    this.state = state;
    this.name(this.toggle, said("Reprendre"));
  }

  suspend() {
    if (this.state === "waiting") queue.splice(queue.indexOf(this), 1);
    else this.upload.abort();
    this.stop("suspended");
    this.say(said("Suspendu à {sent} sur {total}", { sent: size(this.progress.value), total: size(this.file.size) }));
  }

  resume() {
    clearTimeout(this.waiting);
    if (this.state !== "suspended" && this.state !== "stopped") return;
    this.state = "waiting";
    this.name(this.toggle, said("Suspendre"));
    queue.push(this);
    next();
  }

  async abandon() {
    if (this.state === "waiting") queue.splice(queue.indexOf(this), 1);
    clearTimeout(this.waiting);
    await this.upload.abort(true).catch(() => {});
    this.stop("abandoned");
    this.line.remove();
    this.field.input.focus();
  }

  async arrived() {
    this.stop("received");
    this.progress.remove();
    this.toggle.remove();
    this.drop.remove();
    this.say(said("Reçu : vérification en cours…"));
    this.address = this.upload.url;
    await this.field.received(this, this.address.replace(/\/$/, "").split("/").pop());
    await this.followed();
  }

  // What becomes of it: asked more and more seldom, for some minutes.
  async followed() {
    for (const seconds of [1, 1, 2, 3, 5, 8, 13, 21, 34, 60, 60, 60]) {
      await new Promise((done) => setTimeout(done, seconds * 1000));
      const answer = await fetch(this.address, { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
      if (!answer || !answer.ok) continue;
      const told = await answer.json();
      if (told.state === "quarantined") continue;
      await this.field.received(this, this.address.replace(/\/$/, "").split("/").pop());
      const bad = told.state !== "clean";
      this.line.dataset.state = told.state;
      this.say(bad ? `${told.word}. ${told.reason}` : told.word, { error: bad });
      if (!bad && this.field.action) this.line.remove();
      return;
    }
    this.say(said("Reçu : la vérification prend plus de temps que d’habitude. Vous pouvez quitter cette page."));
  }
}

class Field {
  constructor(input) {
    this.input = input;
    this.about = input.dataset.about;
    this.place = input.closest("section, form") || input.parentElement;
    this.send = this.place.querySelector("[data-deposit]");
    this.action = this.send ? this.send.getAttribute("formaction") : "";
    if (this.send) this.send.hidden = true; // choosing is enough
    input.addEventListener("change", () => {
      this.chosen([...input.files]);
      input.value = ""; // what is sent in pieces is not sent again with the form
    });
    this.droppable();
    this.unfinished();
  }

  token() {
    return (this.input.form || document).querySelector("[name=csrfmiddlewaretoken]").value;
  }

  list() {
    let list = this.place.querySelector(".cv-transfers");
    if (!list) {
      list = made("ul", "cv-transfers");
      list.setAttribute("aria-label", said("Envois en cours"));
      (this.input.closest(".fr-upload-group") || this.input).after(list);
    }
    return list;
  }

  chosen(files) {
    if (!files.length) return;
    if (this.input.dataset.recipients) this.sealed(files);
    else this.deposit(files);
  }

  async sealed(files) {
    const line = made("li", "cv-transfer");
    const told = made("p", "cv-mention");
    told.setAttribute("role", "status");
    line.append(told);
    this.list().append(line);
    const recipients = this.input.dataset.recipients.split(" ");
    try {
      const { seal } = await import(this.input.dataset.seal);
      const closed = [];
      const here = new Set(); // sealed in this page: the platform is told for which keys
      for (const file of files) {
        if (SEALED.test(file.name)) { closed.push(file); continue; }
        closed.push(await seal(file, recipients, (percent) => { told.textContent = said("Chiffrement de {name} : {percent} %", { name: file.name, percent }); }));
        here.add(closed.at(-1));
      }
      line.remove();
      this.deposit(closed, (file) => (here.has(file) ? this.input.dataset.recipients : ""));
    } catch {
      const alarm = made("p", "cv-mention fr-error-text");
      alarm.setAttribute("role", "alert");
      told.replaceWith(alarm);
      alarm.textContent = said("Le fichier n’a pas pu être chiffré, rien n’est parti. Rechargez la page et réessayez, ou déposez un conteneur chiffré par vos soins.");
    }
  }

  deposit(files, recipientsOf = () => "") {
    for (const file of this.input.multiple ? files : files.slice(0, 1)) {
      this.taken(file);
      queue.push(new Transfer(this, file, recipientsOf(file)));
    }
    next();
  }

  droppable() {
    const over = (yes) => this.place.classList.toggle("cv-drop", yes);
    const holding = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    this.place.addEventListener("dragover", (event) => { if (holding(event)) { event.preventDefault(); over(true); } });
    this.place.addEventListener("dragleave", (event) => { if (!this.place.contains(event.relatedTarget)) over(false); });
    this.place.addEventListener("drop", (event) => {
      if (!holding(event)) return;
      event.preventDefault();
      over(false);
      this.chosen([...event.dataTransfer.files]);
    });
  }

  // What a reload interrupted: the browser gives a file back only by the hand of its owner.
  async unfinished() {
    const found = (await defaultOptions.urlStorage.findAllUploads()).filter((one) => one.metadata && one.metadata.about === this.about);
    for (const one of found) {
      const line = made("li", "cv-transfer");
      const told = made("p", "cv-mention", said("L’envoi de « {filename} » a été interrompu : choisissez de nouveau ce fichier, il reprendra d’où il en est.", one.metadata));
      const forget = made("button", "fr-btn fr-btn--sm fr-btn--tertiary", said("Oublier"));
      forget.type = "button";
      forget.append(made("span", "fr-sr-only", said(" : {name}", { name: one.metadata.filename })));
      forget.addEventListener("click", async () => {
        await defaultOptions.urlStorage.removeUpload(one.urlStorageKey);
        await Upload.terminate(one.uploadUrl, { headers: { "X-CSRFToken": this.token(), Accept: "application/json" } }).catch(() => {});
        line.remove();
      });
      line.append(told, forget);
      line.dataset.interrupted = `${one.metadata.filename}|${one.size}`;
      this.list().append(line);
    }
  }

  taken(file) {
    for (const line of this.list().querySelectorAll("[data-interrupted]")) {
      if (line.dataset.interrupted === `${file.name}|${file.size}`) line.remove();
    }
  }

  async received(transfer, reference) {
    if (!this.action) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.token());
    body.set("file", reference);
    const answer = await fetch(this.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
    const told = answer ? await answer.json().catch(() => ({})) : {};
    if (!answer || !answer.ok) {
      transfer.say(told.title || said("Le fichier est reçu, mais la page n’a pas pu être mise à jour : rechargez-la."), { error: true });
    } else if (told.drawn) {
      this.redraw(told);
    }
  }

  // The slots as they now are; what is being sent, and the field one has in hand, stay as they were.
  redraw(told) {
    const drawn = document.createElement("template");
    drawn.innerHTML = told.drawn; // by our own server, escaped there
    for (const fresh of drawn.content.querySelectorAll("section[id]")) {
      const old = document.getElementById(fresh.id);
      if (!old) continue;
      for (const part of ["[data-files]", ".cv-slot__head"]) {
        const [before, after] = [old.querySelector(part), fresh.querySelector(part)];
        if (before && after) before.replaceWith(after);
      }
      const room = fresh.querySelector("input[type=file]");
      const group = old.querySelector(".fr-upload-group");
      if (group) group.hidden = !room;
    }
    document.dispatchEvent(new CustomEvent("deposit:drawn", { detail: told }));
  }
}

for (const input of document.querySelectorAll("input[type=file][data-about]")) new Field(input);
