// A word is explained in a lesson or in few words, used in a document, and only named in the
// reference.
function shelf(page) {
  if (page.startsWith("notebooks/")) return 3;
  if (page === "docs/glossary" || page === "docs/questions") return 2;
  return page.startsWith("api/") ? 0 : 1;
}
const SHELF = 1000; // more than any score
// Sphinx takes these in place of its own; the weights are its own.
var Scorer = {
  score: ([page, title, anchor, text, score]) => score + SHELF * shelf(page),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
