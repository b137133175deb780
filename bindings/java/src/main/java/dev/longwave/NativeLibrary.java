/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Finds and loads the native library, once, when it is first needed.
 *
 * <ol>
 *   <li>the file that {@code -Dlongwave.native.path} names, and no other;
 *   <li>on {@code java.library.path} (and on Android, where the APK has it);
 *   <li>the one in the jar, copied to {@code <dir>/longwave-<user>/<hash>/}, where dir is {@code -Dlongwave.native.dir} or
 *       {@code java.io.tmpdir}. The copy is named by its content, so it is made once and shared by the user's programs.
 * </ol>
 */
final class NativeLibrary {
  private static final String NAME = "longwave_jni";

  private NativeLibrary() {}

  static void load() {
    String path = System.getProperty("longwave.native.path");
    if (path != null) {
      loadFile(Paths.get(path).toAbsolutePath(), "named by -Dlongwave.native.path");
      return;
    }
    List<String> tried = new ArrayList<>();
    try {
      System.loadLibrary(NAME);
      return;
    } catch (UnsatisfiedLinkError error) {
      String reason = String.valueOf(error.getMessage());
      // There, but not fit to be loaded: what is in the jar must not hide that.
      if (!reason.startsWith("no " + NAME) && !reason.contains("couldn't find")) throw error;
      tried.add("java.library.path: " + System.getProperty("java.library.path"));
    }
    String resource = "META-INF/longwave/native/" + platform() + "/" + System.mapLibraryName(NAME);
    byte[] library = read(resource);
    if (library == null) {
      tried.add("in the jar: " + resource);
      throw new UnsatisfiedLinkError(
          "Longwave has no native library for " + platform() + ". Looked for it: " + String.join("; ", tried)
              + ". Name one with -Dlongwave.native.path=FILE");
    }
    loadFile(extract(library), "copied from the jar; -Dlongwave.native.dir=DIR names another place for it");
  }

  private static void loadFile(Path file, String origin) {
    try {
      System.load(file.toString());
    } catch (UnsatisfiedLinkError error) {
      String reason = String.valueOf(error.getMessage());
      StringBuilder text = new StringBuilder("Longwave could not load " + file + " (" + origin + "): " + reason);
      if (reason.contains("failed to map segment") || reason.contains("Permission denied")) {
        text.append(". Is the folder on a file system that is mounted noexec?");
      } else if (reason.contains("already loaded in another classloader")) {
        text.append(". Put the jar where both class loaders share it, such as the server's own lib folder");
      } else if (reason.contains("GLIBC_")) {
        text.append(". This machine's C library is older than glibc 2.34");
      }
      UnsatisfiedLinkError explained = new UnsatisfiedLinkError(text.toString());
      explained.initCause(error);
      throw explained;
    }
  }

  /** Such as {@code linux-x86_64}, {@code linux-musl-aarch64}, {@code macos-aarch64}, {@code windows-x86_64}. */
  static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    if (machine.equals("amd64") || machine.equals("x64")) machine = "x86_64";
    if (machine.equals("arm64")) machine = "aarch64";
    if (os.startsWith("windows")) return "windows-" + machine;
    if (os.startsWith("mac")) return "macos-" + machine;
    return (isMusl() ? "linux-musl-" : "linux-") + machine;
  }

  private static boolean isMusl() {
    try {
      return new String(Files.readAllBytes(Paths.get("/proc/self/maps"))).contains("ld-musl");
    } catch (IOException unknown) {
      return false;
    }
  }

  private static byte[] read(String resource) {
    try (InputStream in = NativeLibrary.class.getClassLoader().getResourceAsStream(resource)) {
      return in == null ? null : readAll(in);
    } catch (IOException error) {
      throw failed("could not read " + resource + " from the jar", error);
    }
  }

  /** InputStream.readAllBytes, which Android has only from API 33 on. */
  private static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[1 << 16];
    for (int n = in.read(part); n >= 0; n = in.read(part)) all.write(part, 0, n);
    return all.toByteArray();
  }

  private static Path extract(byte[] library) {
    Path root = Paths.get(System.getProperty("longwave.native.dir", System.getProperty("java.io.tmpdir")));
    Path own = root.resolve("longwave-" + System.getProperty("user.name", "user"));
    try {
      if (!Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) createPrivate(own);
      // What somebody else could have put there, or could exchange, is not loaded.
      if (!isPrivate(own)) own = Files.createTempDirectory(root, "longwave-");
      Path folder = own.resolve(hash(library));
      Path file = folder.resolve(System.mapLibraryName(NAME));
      if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), library)) return file;
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "part", null);
      try {
        Files.write(part, library);
        try {
          Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException rare) {
          Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
      } finally {
        Files.deleteIfExists(part);
      }
      return file;
    } catch (IOException error) {
      throw failed("could not copy its native library to " + own + "; name a folder with -Dlongwave.native.dir", error);
    }
  }

  private static void createPrivate(Path folder) throws IOException {
    Files.createDirectories(folder.getParent());
    try {
      Files.createDirectory(
          folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (UnsupportedOperationException notPosix) {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException another) {
      // Another program was faster.
    }
  }

  /** Whether the folder is this user's and nobody else may write there. */
  private static boolean isPrivate(Path folder) throws IOException {
    // A symbolic link could be made to lead elsewhere after this look; it has every permission, so it is refused below.
    PosixFileAttributeView view =
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) return true; // Windows gives every user a temporary folder of his own
    PosixFileAttributes attributes = view.readAttributes();
    if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      return false;
    }
    Path self = Paths.get("/proc/self");
    return !Files.exists(self) || attributes.owner().equals(Files.getOwner(self));
  }

  private static String hash(byte[] bytes) {
    try {
      StringBuilder text = new StringBuilder();
      for (byte b : MessageDigest.getInstance("SHA-256").digest(bytes)) {
        if (text.length() < 32) text.append(String.format("%02x", b));
      }
      return text.toString();
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static UnsatisfiedLinkError failed(String what, IOException error) {
    UnsatisfiedLinkError failure = new UnsatisfiedLinkError("Longwave " + what + ": " + error);
    failure.initCause(error);
    return failure;
  }
}
