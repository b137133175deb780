/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package indexer;

import dev.longwave.Model;
import dev.longwave.minilm.MiniLm;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What several tests use. */
final class Support {
  private Support() {}

  static Indexer indexer(Model model, Store store, Path folder, Indexer.Listener listener) {
    return new Indexer(model, store, folder, folder.getFileSystem().getPathMatcher("glob:*.{txt,md}"), listener);
  }

  /** Scans and tells what was done. */
  static List<Indexer.Done> scan(Model model, Path folder, Path database) throws IOException, SQLException {
    List<Indexer.Done> all = new ArrayList<>();
    try (Store store = Store.open(database, model.name())) {
      indexer(model, store, folder, new Indexer.Listener() {
        @Override
        public void done(Indexer.Done done) {
          all.add(done);
        }

        @Override
        public void failed(String path, IOException error) {
          throw new AssertionError(path, error);
        }
      }).scan();
    }
    return all;
  }

  /** All passages of an index as text, in order of path and place, with every bit of their vectors. */
  static List<String> rows(Model model, Path database) throws IOException, SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = connect(database); Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select path, byte_begin, byte_end, token_begin, token_end, vector"
            + " from passage join file on file.id = file order by path, token_begin")) {
      while (result.next()) {
        StringBuilder row = new StringBuilder(result.getString(1));
        for (int column = 2; column <= 5; column++) row.append(' ').append(result.getLong(column));
        if (result.getBytes(6).length != model.embeddingWidth() * Float.BYTES) throw new AssertionError(row.toString());
        rows.add(row.append(' ').append(HexFormat.of().formatHex(result.getBytes(6))).toString());
      }
    }
    return rows;
  }

  /** Does something to an index that the program would not do. */
  static void execute(Path database, String command) throws SQLException {
    try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  private static Connection connect(Path database) throws SQLException {
    return DriverManager.getConnection("jdbc:h2:file:" + database.toAbsolutePath() + ";IFEXISTS=TRUE");
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** A process that scans FOLDER, and when BYTES of FILE have been read prints a letter and waits for its end. */
  static final class DiesMidway {
    private DiesMidway() {}

    public static void main(String[] arguments) throws IOException, SQLException {
      Path folder = Path.of(arguments[0]);
      try (Model model = MiniLm.open(); Store store = Store.open(folder.resolve(".longwave/index"), model.name())) {
        indexer(model, store, folder, new Indexer.Listener() {
          @Override
          public void reading(String path, long bytes, long of) {
            if (!path.equals(arguments[1]) || bytes < Long.parseLong(arguments[2])) return;
            System.out.print('m');
            System.out.flush();
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException error) {
              throw new IllegalStateException(error);
            }
          }
        }).scan();
      }
    }
  }
}
