package dev.retort.jobs.stage;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Bytes of all arrays of numbers that an object keeps alive: what it holds, to the byte, where the
 * growth of the heap has the garbage collector's noise.
 */
final class LiveArrays {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> open = new ArrayDeque<>();
  private long bytes;

  private LiveArrays() {}

  static long bytes(Object root) {
    LiveArrays walk = new LiveArrays();
    walk.visit(root);
    while (!walk.open.isEmpty()) {
      walk.enter(walk.open.pop());
    }
    return walk.bytes;
  }

  private void visit(Object object) {
    if (object != null && !(object instanceof Class<?>) && seen.add(object)) {
      open.push(object);
    }
  }

  private void enter(Object object) {
    Class<?> type = object.getClass();
    if (!type.isArray()) {
      for (Class<?> each = type; each != null; each = each.getSuperclass()) {
        fields(object, each);
      }
    } else if (type.getComponentType().isPrimitive()) {
      bytes += (long) Array.getLength(object) * width(type.getComponentType());
    } else {
      for (int i = 0; i < Array.getLength(object); i++) {
        visit(Array.get(object, i));
      }
    }
  }

  private void fields(Object object, Class<?> type) {
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
        continue;
      }
      try {
        field.setAccessible(true);
        visit(field.get(object));
      } catch (IllegalAccessException | InaccessibleObjectException e) {
        throw new IllegalStateException("cannot look into " + field, e);
      }
    }
  }

  private static int width(Class<?> number) {
    return switch (number.getName()) {
      case "long", "double" -> Long.BYTES;
      case "int", "float" -> Integer.BYTES;
      case "short", "char" -> Short.BYTES;
      default -> Byte.BYTES;
    };
  }
}
