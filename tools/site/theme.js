// Written by tools docs. The theme that was chosen, before anything is drawn.
"use strict";
try {
  const chosen = localStorage.getItem("schema-theme");
  if (chosen === "dark" || chosen === "light") {
    document.documentElement.dataset.theme = chosen;
  }
} catch {
  // a browser that keeps nothing for files follows the system
}
