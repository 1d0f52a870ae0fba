// A link into a folded part opens it: "On this page" lists what is inside.
function unfold() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = place && place.closest("details");
  if (folded && !folded.open) {
    folded.open = true;
    place.scrollIntoView();
  }
}
// What scrolls sideways can be scrolled with the keyboard, too.
function focusable() {
  for (const wide of document.querySelectorAll(".cell_output, .cell_output [style*='overflow-x'], main pre")) {
    wide.tabIndex = 0;
  }
}
window.addEventListener("hashchange", unfold);
window.addEventListener("DOMContentLoaded", () => { unfold(); focusable(); });
