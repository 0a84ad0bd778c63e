package dev.retort.jobs.ingest;

/**
 * A row that became no sample; one line of the side file.
 *
 * @param row file and row number, from 1
 * @param id the user's id, null if none is named or it is missing
 * @param cause what is wrong with which value
 */
record BadRow(String row, String id, String cause) {
  private static final int MOST_CHARACTERS = 300;

  BadRow {
    id = id == null ? null : abbreviated(id);
    cause = abbreviated(cause);
  }

  private static String abbreviated(String text) {
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
  }
}
