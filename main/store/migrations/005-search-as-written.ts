import type { Migration } from '../migrate.ts'

/**
 * A search index that keeps the marks of a letter and the signs of a text: it takes apart at blanks alone, what stands
 * between them is made by indexedText. It is filled in small steps, the newest messages first: `below` is the place from
 * which on it holds everything, and `folding` how the texts in it were folded. The old index goes in small steps too
 * [S6]; until then it is only in nobody's way.
 */
export const searchAsWritten: Migration = {
  version: 5,
  up: `
    CREATE VIRTUAL TABLE message_words USING fts5 (
      words,
      columnsize = 0,
      tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'",
      prefix = '1 2'
    );
    INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);
    INSERT INTO message_words (message_words, rank) VALUES ('automerge', 0);
    INSERT INTO message_words (message_words, rank) VALUES ('crisismerge', 1999);

    CREATE TABLE search_state (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      folding INTEGER NOT NULL,
      below INTEGER NOT NULL
    ) STRICT;
    INSERT INTO search_state (only, folding, below) VALUES (1, 0, 0);
  `,
}
