import assert from "node:assert/strict";
import { test } from "node:test";
import { folded, searchMatches } from "../src/search-match.js";

const ENGLISH = "abcdefghijklmnopqrstuvwxyz";
const SWEDISH = `${ENGLISH}åäö`;

const entry = (id, title, text, alphabet = SWEDISH) => ({
  id,
  part: "",
  title,
  text,
  head: folded(title, alphabet),
  body: folded(text, alphabet),
});
const ids = (entries, ...words) => searchMatches(entries, words).map(({ id }) => id);

test("in Swedish å, ä and ö are letters of their own, and other marks are overlooked", () => {
  assert.equal(folded("ÅRSMÖTE på Café Zoë", SWEDISH), "årsmöte på cafe zoe");
  assert.notEqual(folded("för", SWEDISH), folded("for", SWEDISH));
});

test("in English no mark tells a letter from another", () => {
  assert.equal(folded("Naïve Ångström", ENGLISH), "naive angstrom");
});

test("a curved apostrophe is found by the one on the keyboard", () => {
  assert.equal(folded("don’t", ENGLISH), "don't");
});

test("every letter stays in its place, so that a match can be marked in the text", () => {
  for (const text of ["İstanbul – ﬁnns ½ …", "år”ö\u00a0ß", "a\u0301b", "🙂 ja"]) {
    assert.equal(folded(text, SWEDISH).length, text.length, text);
    assert.equal(folded(text, ENGLISH).length, text.length, text);
  }
});

test("a title comes before a text, a whole word before a beginning, and both before the inside of a compound", () => {
  const entries = [
    entry("inside the text", "Lag", "Om människohandel"),
    entry("begins in the text", "Lag", "Handelns villkor"),
    entry("word of the text", "Lag", "Om handel, kort"),
    entry("inside the title", "Människohandel", "Lag"),
    entry("begins the title", "Handelsvara", "Lag"),
    entry("word of the title", "Vad är handel?", "Lag"),
  ];
  assert.deepEqual(ids(entries, "handel"), [
    "word of the title",
    "begins the title",
    "word of the text",
    "begins in the text",
    "inside the title",
    "inside the text",
  ]);
});

test("the best place in a text counts, not the first", () => {
  const entries = [
    entry("later", "Om", "Handelsvara i en människohandel"),
    entry("word", "Om", "Människohandel, handel"),
  ];
  assert.deepEqual(ids(entries, "handel"), ["word", "later"]);
});

test("every word must be there, in the title or the text", () => {
  const entries = [entry("both", "Anmäla oro", "till socialtjänsten"), entry("one", "Anmäla oro", "till polisen")];
  assert.deepEqual(ids(entries, "oro", "social"), ["both"]);
  assert.deepEqual(ids(entries, "oro", "finns inte"), []);
});

test("what is equally good stays in the order of the course", () => {
  const entries = ["c", "a", "b"].map((id) => entry(id, "Sida", "oro"));
  assert.deepEqual(ids(entries, "oro"), ["c", "a", "b"]);
});
