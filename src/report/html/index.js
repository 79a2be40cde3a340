"use strict";
// The filter of the table: words that must all be there, and a cell of stages and causes.
(() => {
  const rows = [...document.querySelectorAll("#cases tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const input = document.getElementById("filter");
  const shown = document.getElementById("shown");
  let cell = null;
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    rows.forEach((row, i) => {
      const fits = (!cell || (row.dataset.cause === cell.cause && row.dataset.stage === cell.stage)) &&
        words.every((word) => texts[i].includes(word));
      row.hidden = !fits;
      n += fits;
    });
    shown.textContent = n + " of " + rows.length + " cases" + (cell ? ": " + cell.cause + ", " + cell.stage : "");
  };
  input.addEventListener("input", apply);
  for (const button of document.querySelectorAll(".matrix button")) {
    button.addEventListener("click", () => {
      cell = { cause: button.dataset.cause, stage: button.dataset.stage };
      apply();
      input.scrollIntoView();
    });
  }
  for (const button of document.querySelectorAll("button[data-words]")) {
    button.addEventListener("click", () => {
      cell = null;
      input.value = button.dataset.words;
      apply();
      input.scrollIntoView();
    });
  }
  document.getElementById("all").addEventListener("click", () => {
    cell = null;
    input.value = "";
    apply();
  });
})();
