// Before anything is drawn: the theme that was chosen, so that nothing flashes.
"use strict";
try {
  const chosen = localStorage.getItem("ima-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* a browser that keeps nothing follows the system */ }
