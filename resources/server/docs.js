"use strict";
(() => {
  const search = document.getElementById("search");
  const count = document.getElementById("count");
  const entries = [...document.querySelectorAll("details[data-words]")];
  const groups = [...document.querySelectorAll("section[data-group]")];
  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of entries) {
      const fits = words.every((word) => entry.dataset.words.includes(word));
      entry.hidden = !fits;
      shown += fits && entry.dataset.kind === "operation" ? 1 : 0;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("details[data-words]:not([hidden])");
    }
    count.textContent = shown === 1 ? "1 operation" : shown + " operations";
  }
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
    }
  }
  search.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  window.addEventListener("hashchange", reveal);
  show();
  reveal();
})();
