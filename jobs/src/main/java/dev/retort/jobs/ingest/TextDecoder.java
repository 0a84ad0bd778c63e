package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.Tokenizer;
import dev.retort.data.TokenizerFile;
import java.nio.ByteBuffer;
import org.apache.spark.sql.catalyst.InternalRow;

/** Texts, stored as the ids of their tokens. */
final class TextDecoder implements ValueDecoder {
  private final ColumnValue column;
  private final Tokenizer tokenizer;

  TextDecoder(RowDecoder.InputColumns input, TokenizerFile file) {
    this.column = input.columns().get(0);
    this.tokenizer = Tokenizer.open(file, input.input().text().maxLength());
  }

  @Override
  public ByteBuffer decode(InternalRow row) throws BadSampleException {
    return tokenizer.encode(column.text(row));
  }

  @Override
  public boolean wasCut() {
    return tokenizer.wasCut();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
