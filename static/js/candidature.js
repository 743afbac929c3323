// Comfort only: without this file, a field that another answer calls for appears once the form is saved.
// What it adds: it appears, or goes, as soon as that answer is given. What was typed in it stays.

const form = document.getElementById("dossier");

const answers = (field) => [...form.querySelectorAll(`[name="field-${CSS.escape(field)}"]`)]
  .filter((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : true))
  .map((one) => one.value);

// The same reading as on the server (convergence/content/conditions.py); a field that is hidden still answers, as there.
const holds = (condition) => {
  if (condition.all) return condition.all.every(holds);
  if (condition.any) return condition.any.some(holds);
  if (condition.not) return !holds(condition.not);
  return answers(condition.field).some((value) => condition.in.includes(value));
};

const show = () => { for (const one of form.querySelectorAll("[data-when]")) one.hidden = !holds(JSON.parse(one.dataset.when)); };
// Only once someone answers: what is read only here is not in the page, and the server has already judged.
form.addEventListener("change", (event) => { if (event.target.name?.startsWith("field-")) show(); });
document.querySelector("[data-focus]")?.focus();
