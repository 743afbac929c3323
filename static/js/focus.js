// Comfort only: what went wrong is brought before the eyes, and under the keyboard; without this file it stands first in the page.
document.querySelector("[data-focus]")?.focus();
