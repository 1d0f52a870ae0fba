// A link into a folded part opens it: "On this page" lists what is inside.
function unfold() {
  const place = document.getElementById(location.hash.slice(1));
  let folded = place && place.closest("details");
  if (!folded) return;
  for (; folded; folded = folded.parentElement.closest("details")) folded.open = true;
  place.scrollIntoView();
}
// What scrolls sideways can be reached and scrolled with the keyboard.
function focusable() {
  for (const box of document.querySelectorAll(".cell_output, .cell_output [style*='overflow-x'], main pre")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
window.addEventListener("hashchange", unfold);
window.addEventListener("resize", focusable);
document.addEventListener("toggle", focusable, true);
window.addEventListener("DOMContentLoaded", () => { unfold(); focusable(); });
