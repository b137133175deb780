/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0 */
package dev.longwave;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs every test of a package, by default this one, and prints a line {@code ok NAME} or {@code not ok NAME} for each.
 * Arguments: what names begin with, the package.
 */
final class RunTests {
  private RunTests() {}

  public static void main(String[] args) {
    int[] failed = {0};
    String prefix = args.length > 0 ? args[0] + ": " : "";
    String tests = args.length > 1 ? args[1] : "dev.longwave";
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(selectPackage(tests)).build();
    LauncherFactory.create().execute(request, new TestExecutionListener() {
      @Override
      public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean good = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        if (test.isContainer() && good) return;
        System.out.println((good ? "ok " : "not ok ") + prefix + test.getDisplayName());
        if (good) return;
        failed[0]++;
        StringWriter text = new StringWriter();
        result.getThrowable().ifPresent(error -> error.printStackTrace(new PrintWriter(text)));
        text.toString().lines().limit(12).forEach(line -> System.out.println("    " + line));
      }
    });
    System.exit(failed[0] == 0 ? 0 : 1);
  }
}
