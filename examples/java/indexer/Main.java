/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package indexer;

import dev.longwave.LongwaveException;
import dev.longwave.Model;
import dev.longwave.minilm.MiniLm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Searches the documents of a folder by meaning. See {@link #USAGE}.
 *
 * <p>The exit status is 0, or 1 if something could not be read, or 2 for a wrong command line.
 */
public final class Main {
  private static final String USAGE = String.join("\n",
      "usage: indexer index FOLDER [OPTION...]             reads what is new in the folder, has grown or has changed",
      "       indexer watch FOLDER [OPTION...]             the same, and goes on as files change; each line of standard",
      "                                                    input is a question",
      "       indexer search FOLDER QUESTION [OPTION...]   asks the index, which is not brought up to date before",
      "  --files GLOB   names of files to index (default *.{txt,md,log})",
      "  --top N        passages of an answer (default 3)",
      "  --model DIR    a model's folder (default MiniLM, for English)",
      "  --db FILE      the index (default FOLDER/.longwave/index)");

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final List<String> words = new ArrayList<>();
  private String files = "*.{txt,md,log}";
  private int top = 3;
  private Path modelFolder;
  private Path database;
  private boolean failed;

  private Main() {}

  /** Runs the program. */
  public static void main(String[] arguments) {
    int status;
    try {
      status = new Main().run(arguments);
    } catch (IllegalArgumentException error) {
      System.err.println("indexer: " + error.getMessage() + "\n" + USAGE);
      status = 2;
    } catch (IOException | SQLException | LongwaveException error) {
      System.err.println("indexer: " + error.getMessage());
      status = 1;
    }
    if (status != 0) System.exit(status);
  }

  private int run(String[] arguments) throws IOException, SQLException {
    parse(arguments);
    String command = words.isEmpty() ? "" : words.get(0);
    if (!List.of("index", "watch", "search").contains(command)) throw new IllegalArgumentException("no command " + command);
    if (words.size() != (command.equals("search") ? 3 : 2)) throw new IllegalArgumentException("wrong number of arguments");
    Path folder = Path.of(words.get(1)).toAbsolutePath().normalize();
    if (!Files.isDirectory(folder)) throw new IOException(folder + " is not a folder");
    if (database == null) database = folder.resolve(".longwave").resolve("index");
    PathMatcher names = folder.getFileSystem().getPathMatcher("glob:" + files);
    try (Model model = modelFolder == null ? MiniLm.open() : Model.open(modelFolder);
        Store store = Store.open(database, model.name())) {
      Indexer indexer = new Indexer(model, store, folder, names, new Printer());
      switch (command) {
        case "index":
          indexer.scan();
          OUT.println(store.paths("").size() + " files, " + store.passages(null) + " passages");
          break;
        case "watch":
          watch(indexer);
          break;
        default:
          answer(indexer, words.get(2));
      }
    }
    return failed ? 1 : 0;
  }

  private void parse(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      String name = arguments[i];
      if (!name.startsWith("--")) {
        words.add(name);
        continue;
      }
      if (++i == arguments.length) throw new IllegalArgumentException(name + " needs a value, or is no option");
      String value = arguments[i];
      switch (name) {
        case "--files":
          files = value;
          break;
        case "--top":
          if (!value.matches("[1-9][0-9]{0,3}")) throw new IllegalArgumentException("--top is 1 to 9999, got " + value);
          top = Integer.parseInt(value);
          break;
        case "--model":
          modelFolder = Path.of(value);
          break;
        case "--db":
          database = Path.of(value);
          break;
        default:
          throw new IllegalArgumentException("no option " + name);
      }
    }
  }

  /** Watches on this thread, answers on another, and ends tidily when the process is asked to. */
  private void watch(Indexer indexer) throws IOException, SQLException {
    Thread questions = new Thread(() -> answerAll(indexer), "questions");
    questions.setDaemon(true);
    questions.start();
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        indexer.stop();
        main.join(5000);
      } catch (IOException | InterruptedException error) {
        // the next start finds the index as it was
      }
    }));
    indexer.watch();
  }

  private void answerAll(Indexer indexer) {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line; (line = lines.readLine()) != null; ) {
        if (line.isBlank()) continue;
        try {
          answer(indexer, line);
        } catch (SQLException | LongwaveException error) {
          System.err.println("indexer: " + error.getMessage());
        }
      }
    } catch (IOException | IllegalStateException end) {
      // no more questions, or the program ends
    }
  }

  /** Prints the best passages: score, file, range of bytes, and the beginning of the text. */
  private void answer(Indexer indexer, String question) throws SQLException {
    StringBuilder answer = new StringBuilder();
    for (Store.Found found : indexer.search(question, top)) {
      answer.append(String.format(Locale.ROOT, "%.3f  %s  bytes %d to %d%n", found.score(), found.path(), found.byteBegin(),
          found.byteEnd()));
      String text;
      try {
        // Cutting after some bytes may leave a part of a character, which reads as U+FFFD.
        text = indexer.text(found, 400).replaceAll("\\uFFFD+$", "").strip().replaceAll("\\s+", " ");
      } catch (IOException gone) {
        text = "(cannot be read: " + gone + ")";
      }
      answer.append("       ").append(text).append(System.lineSeparator());
    }
    OUT.print(answer);
    OUT.flush();
  }

  /** Prints what the indexer does; how far a long file is, once a second. */
  private final class Printer implements Indexer.Listener {
    private long last = System.nanoTime();

    @Override
    public void reading(String path, long bytes, long of) {
      if (System.nanoTime() - last < 1_000_000_000L) return;
      last = System.nanoTime();
      System.err.println("reading " + path + ": " + bytes + " of " + of + " bytes");
    }

    @Override
    public void done(Indexer.Done done) {
      String what = done.what().toLowerCase(Locale.ROOT);
      OUT.println(what + " " + done.path() + (what.equals("removed") ? ""
          : ": read " + done.bytesRead() + " bytes, " + done.kept() + " passages kept, " + done.added() + " added"));
    }

    @Override
    public void failed(String path, IOException error) {
      failed = true;
      System.err.println("indexer: " + path + ": " + error);
    }
  }
}
