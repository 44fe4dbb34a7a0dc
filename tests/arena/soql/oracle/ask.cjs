// Reads statements from standard input, one JSON string a line; writes what each parses to, or null.

const { parseQuery } = require("@jetstreamapp/soql-parser-js");
const { createInterface } = require("node:readline");

createInterface({ input: process.stdin }).on("line", (line) => {
  let parsed = null;
  try {
    parsed = parseQuery(JSON.parse(line));
  } catch {
    // It is no statement.
  }
  process.stdout.write(JSON.stringify(parsed) + "\n");
});
