package io.github.dmabuf4j.domain.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Sentences on the wire: short, UTF-8, and without anything that could forge a line of a log or steer a terminal. */
final class WireText {
    private WireText() {}

    /** Makes any string fit: control and unpaired characters become spaces, what is too long is cut between characters. */
    static String fitting(String text) {
        StringBuilder fitting = new StringBuilder();
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            int allowed = isForbidden(character) ? ' ' : character;
            bytes += bytesOf(allowed);
            if (bytes > Xbp.MAX_TEXT) {
                break;
            }
            fitting.appendCodePoint(allowed);
        }
        return fitting.toString();
    }

    static byte[] encode(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String decode(ByteBuffer bytes) throws BadMessageException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new BadMessageException(BadMessageException.Reason.TEXT, "a text is not UTF-8");
        }
        if (text.codePoints().anyMatch(WireText::isForbidden)) {
            throw new BadMessageException(BadMessageException.Reason.TEXT, "a text has control characters");
        }
        return text;
    }

    private static boolean isForbidden(int character) {
        return switch (Character.getType(character)) {
            // Format characters include the ones that reverse the writing direction of what follows.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static int bytesOf(int character) {
        return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }
}
