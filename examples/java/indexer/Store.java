/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package indexer;

import dev.longwave.Buffers;
import dev.longwave.Embedding;
import dev.longwave.Hit;
import dev.longwave.Longwave;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The index: files, their snapshots and the vectors of their passages, in an H2 database of one file.
 *
 * <p>One thread writes. What it writes of a file, from {@link #begin} to {@link #commit}, is one transaction: readers see
 * the file as it was or as it is now, and after a crash it is as it was. {@link #search} may be called by any thread
 * meanwhile.
 */
final class Store implements AutoCloseable {
  /**
   * What is known of a file.
   *
   * @param bytes how many were read
   * @param modified the time of its last change, or {@link #UNSETTLED}
   * @param hash SHA-256 of these bytes
   */
  record Entry(long id, long bytes, long modified, byte[] hash) {}

  /**
   * A passage that was found.
   *
   * @param path relative to the folder, with slashes
   * @param score the cosine
   */
  record Found(String path, long byteBegin, long byteEnd, float score) {}

  /** Stands for a time of change that is too recent to tell whether the file was changed again. */
  static final long UNSETTLED = -1;

  private static final int BLOCK = 4096; // vectors that a search holds at a time: 6 MB of 384 numbers
  private static final String[] TABLES = {
    "create table if not exists model (name varchar not null)",
    "create table if not exists file (id bigint generated always as identity primary key, path varchar not null unique,"
        + " bytes bigint not null, modified bigint not null, hash varbinary not null, snapshot blob not null)",
    "create table if not exists passage (id bigint generated always as identity primary key,"
        + " file bigint not null references file on delete cascade, byte_begin bigint not null, byte_end bigint not null,"
        + " token_begin bigint not null, token_end bigint not null, vector varbinary not null)",
  };

  private final String url;
  private final Connection connection;

  private Store(String url, Connection connection) {
    this.url = url;
    this.connection = connection;
  }

  /**
   * Opens an index, or makes it.
   *
   * @param database the file without H2's ending .mv.db
   * @param model the name of the model; vectors of another one cannot be compared
   * @throws IOException if the index is of another model or another process has it
   */
  static Store open(Path database, String model) throws IOException, SQLException {
    // Without a delay of writing, what was committed is there after the process was killed.
    String url = "jdbc:h2:file:" + database.toAbsolutePath() + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    Store store;
    try {
      store = new Store(url, DriverManager.getConnection(url));
    } catch (SQLException error) {
      if (error.getErrorCode() != 90020) throw error; // DATABASE_ALREADY_OPEN_1
      throw new IOException("another process uses the index " + database + "; ask that one, or end it", error);
    }
    try (Statement statement = store.connection.createStatement()) {
      for (String table : TABLES) statement.execute(table);
      store.connection.setAutoCommit(false);
      try (ResultSet result = statement.executeQuery("select name from model")) {
        if (!result.next()) {
          store.update("insert into model values (?)", model);
        } else if (!result.getString(1).equals(model)) {
          throw new IOException("the index " + database + " was made with the model " + result.getString(1) + ", this is "
              + model + "; use that model, or delete the index");
        }
      }
      store.connection.commit();
      return store;
    } catch (Throwable error) {
      store.close();
      throw error;
    }
  }

  // ---- One file

  /** What is known of a file, or null. */
  Entry find(String path) throws SQLException {
    try (PreparedStatement statement = prepare("select id, bytes, modified, hash from file where path = ?", path);
        ResultSet result = statement.executeQuery()) {
      return result.next() ? new Entry(result.getLong(1), result.getLong(2), result.getLong(3), result.getBytes(4)) : null;
    }
  }

  /** The stream's state at the end of a file's known bytes. */
  byte[] snapshot(Entry known) throws SQLException {
    try (PreparedStatement statement = prepare("select snapshot from file where id = ?", known.id());
        ResultSet result = statement.executeQuery()) {
      if (!result.next()) throw new SQLException("no file " + known.id());
      return result.getBytes(1);
    }
  }

  /**
   * Begins to write a file.
   *
   * @param known what is known of it, or null
   * @param keptBytes passages that end here or earlier stay
   * @return its id
   */
  long begin(String path, Entry known, long keptBytes) throws SQLException {
    if (known == null) {
      update("insert into file (path, bytes, modified, hash, snapshot) values (?, 0, 0, x'', x'')", path);
      return find(path).id();
    }
    update("delete from passage where file = ? and byte_end > ?", known.id(), keptBytes);
    return known.id();
  }

  /** Adds a passage. */
  void add(long file, Embedding passage) throws SQLException {
    ByteBuffer vector = ByteBuffer.allocate(passage.vector().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    vector.asFloatBuffer().put(passage.vector());
    update("insert into passage (file, byte_begin, byte_end, token_begin, token_end, vector) values (?, ?, ?, ?, ?, ?)",
        file, passage.byteBegin(), passage.byteEnd(), passage.tokenBegin(), passage.tokenEnd(), vector.array());
  }

  /** Ends the transaction with what is known of the file now. */
  void commit(Entry now, byte[] snapshot) throws SQLException {
    update("update file set bytes = ?, modified = ?, hash = ?, snapshot = ? where id = ?", now.bytes(), now.modified(),
        now.hash(), snapshot, now.id());
    connection.commit();
  }

  /** Takes back everything since {@link #begin}. */
  void rollback() throws SQLException {
    connection.rollback();
  }

  /** Notes the time of a change that left the bytes as they were. */
  void touch(Entry known, long modified) throws SQLException {
    update("update file set modified = ? where id = ?", modified, known.id());
    connection.commit();
  }

  /** Removes a file with its passages; false if it is not there. */
  boolean remove(String path) throws SQLException {
    boolean removed = update("delete from file where path = ?", path) > 0;
    connection.commit();
    return removed;
  }

  // ---- All files

  /** The files in a folder and below, sorted; "" is the whole index. */
  List<String> paths(String folder) throws SQLException {
    // '0' comes after '/': this range is the names that begin with the folder and a slash.
    String query = "select path from file" + (folder.isEmpty() ? "" : " where path > ? and path < ?") + " order by path";
    Object[] range = folder.isEmpty() ? new Object[0] : new Object[] {folder + '/', folder + '0'};
    List<String> paths = new ArrayList<>();
    try (PreparedStatement statement = prepare(query, range); ResultSet result = statement.executeQuery()) {
      while (result.next()) paths.add(result.getString(1));
    }
    return paths;
  }

  /** How many passages there are, of a file or, for null, of all. */
  long passages(Long file) throws SQLException {
    String query = "select count(*) from passage" + (file == null ? "" : " where file = ?");
    try (PreparedStatement statement = file == null ? prepare(query) : prepare(query, file);
        ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getLong(1);
    }
  }

  /**
   * The passages that are nearest to a question. Any thread.
   *
   * @param question its vector
   * @return at most top, best first
   */
  List<Found> search(float[] question, int top) throws SQLException {
    record Best(long id, float score) {}
    // A connection of its own, which sees the index as it is now, however long the search takes and whatever is written.
    try (Connection reader = DriverManager.getConnection(url)) {
      reader.setAutoCommit(false);
      reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      FloatBuffer vectors = Buffers.allocateFloats(BLOCK * question.length);
      List<Best> best = new ArrayList<>();
      List<Long> ids = new ArrayList<>();
      for (long last = 0; ; last = ids.get(ids.size() - 1)) {
        vectors.clear();
        ids.clear();
        try (PreparedStatement statement =
                prepare(reader, "select id, vector from passage where id > ? order by id limit " + BLOCK, last);
            ResultSet result = statement.executeQuery()) {
          while (result.next()) {
            ids.add(result.getLong(1));
            vectors.put(ByteBuffer.wrap(result.getBytes(2)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
          }
        }
        if (ids.isEmpty()) break;
        for (Hit hit : Longwave.search(question, vectors.flip(), top)) {
          best.add(new Best(ids.get(hit.index()), hit.score()));
        }
        best.sort(Comparator.comparingDouble(Best::score).reversed().thenComparingLong(Best::id));
        best.subList(Math.min(top, best.size()), best.size()).clear();
      }
      List<Found> found = new ArrayList<>();
      for (Best one : best) {
        try (PreparedStatement statement = prepare(reader,
                "select path, byte_begin, byte_end from passage join file on file.id = file where passage.id = ?", one.id());
            ResultSet result = statement.executeQuery()) {
          result.next();
          found.add(new Found(result.getString(1), result.getLong(2), result.getLong(3), one.score()));
        }
      }
      return found;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private int update(String command, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(command, values)) {
      return statement.executeUpdate();
    }
  }

  private PreparedStatement prepare(String command, Object... values) throws SQLException {
    return prepare(connection, command, values);
  }

  private static PreparedStatement prepare(Connection on, String command, Object... values) throws SQLException {
    PreparedStatement statement = on.prepareStatement(command);
    for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
    return statement;
  }
}
