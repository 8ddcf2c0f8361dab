package io.fenghuo.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Processor time from /proc, in seconds, and memory; empty where there is none. */
final class CpuTimes {

  private static final double TICKS_PER_SECOND = 100;
  private static final Path PROC = Path.of("/proc");

  private CpuTimes() {}

  /** Used by a process so far. */
  static double ofProcess(long pid) {
    return used(PROC.resolve(pid + "/stat"));
  }

  /** Used by the whole machine so far, whoever used it. */
  static double ofMachine() {
    try {
      String[] fields = Files.readAllLines(PROC.resolve("stat")).get(0).trim().split("\\s+");
      double busy = 0;
      for (int field = 1; field <= 8; field++) {
        // 4 is idle, 5 is waiting for a disk
        busy += field == 4 || field == 5 ? 0 : Double.parseDouble(fields[field]);
      }
      return busy / TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Used by each thread of a process so far, by its number and name. */
  static Map<String, Double> ofThreads(long pid) {
    Map<String, Double> times = new TreeMap<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(PROC.resolve(pid + "/task"))) {
      for (Path task : tasks) {
        try {
          String name = Files.readString(task.resolve("comm")).trim();
          times.put(task.getFileName() + " " + name, used(task.resolve("stat")));
        } catch (IOException ended) {
          // a thread that has ended uses nothing more
        }
      }
    } catch (IOException e) {
      return Map.of();
    }
    return times;
  }

  /** Memory a process holds now, heap and all else. */
  static long residentBytes(long pid) {
    try {
      return Files.readAllLines(PROC.resolve(pid + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }

  private static double used(Path stat) {
    try {
      String line = Files.readString(stat);
      // the name, in brackets, may hold spaces
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return (Double.parseDouble(fields[11]) + Double.parseDouble(fields[12])) / TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0;
    }
  }
}
