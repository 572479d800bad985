package io.github.dmabuf4j.cli.video;

/** The first line of a y4m stream, and what makes one unreadable. */
public final class Y4mHeader {
    /** What every y4m stream begins with. */
    public static final String MAGIC = "YUV4MPEG2";

    /** Longer lines are no y4m; the longest that ffmpeg writes is about 130 bytes. */
    static final int MAX_LINE = 1_024;

    private Y4mHeader() {}

    /**
     * Reads a header line.
     *
     * @param line the line, without its newline
     * @return what it says
     * @throws VideoException if it is broken, or says something that is not supported
     */
    public static VideoFormat parse(String line) throws VideoException {
        if (!line.equals(MAGIC) && !line.startsWith(MAGIC + " ")) {
            throw new VideoException("this is not a y4m stream: it does not begin with " + MAGIC);
        }
        long width = -1;
        long height = -1;
        long rateNumerator = 0;
        long rateDenominator = 0;
        Chroma chroma = Chroma.YUV420;
        int at = MAGIC.length();
        while (at < line.length()) {
            int end = line.indexOf(' ', at + 1);
            end = end < 0 ? line.length() : end;
            String word = line.substring(at + 1, end);
            at = end;
            if (word.isEmpty()) {
                continue;
            }
            String value = word.substring(1);
            switch (word.charAt(0)) {
                case 'W' -> width = number(value, "width");
                case 'H' -> height = number(value, "height");
                case 'C' -> chroma = Chroma.ofTag(value);
                case 'F' -> {
                    int colon = value.indexOf(':');
                    if (colon < 0) {
                        throw new VideoException("the y4m header has a broken frame rate: " + quote(value));
                    }
                    rateNumerator = number(value.substring(0, colon), "frame rate");
                    rateDenominator = number(value.substring(colon + 1), "frame rate");
                }
                default -> {
                    // Interlacing, aspect, comments: carried along, not understood.
                }
            }
        }
        checkSize(width, height);
        boolean rateKnown = rateNumerator > 0 && rateDenominator > 0;
        return new VideoFormat(
                (int) width,
                (int) height,
                chroma,
                rateKnown ? (int) rateNumerator : 0,
                rateKnown ? (int) rateDenominator : 0,
                line);
    }

    private static void checkSize(long width, long height) throws VideoException {
        if (width < 0 || height < 0) {
            throw new VideoException("the y4m header has no " + (width < 0 ? "width" : "height"));
        }
        if (width == 0 || height == 0) {
            throw new VideoException("a picture of " + width + "x" + height + " pixels has nothing in it");
        }
        if (width > VideoFormat.MAX_SIDE || height > VideoFormat.MAX_SIDE) {
            throw new VideoException("a picture of " + width + "x" + height + " pixels is too large: "
                    + VideoFormat.MAX_SIDE + "x" + VideoFormat.MAX_SIDE + " is the limit");
        }
    }

    private static long number(String digits, String what) throws VideoException {
        boolean sound = !digits.isEmpty() && digits.length() <= 10;
        long number = 0;
        for (int i = 0; sound && i < digits.length(); i++) {
            char digit = digits.charAt(i);
            sound = digit >= '0' && digit <= '9';
            number = number * 10 + digit - '0';
        }
        if (!sound || number > Integer.MAX_VALUE) {
            throw new VideoException("the y4m header has a broken " + what + ": " + quote(digits));
        }
        return number;
    }

    /** Foreign bytes in a sentence: short, and harmless for a terminal. */
    static String quote(String foreign) {
        StringBuilder safe = new StringBuilder("'");
        for (int i = 0; i < foreign.length() && i < 40; i++) {
            char c = foreign.charAt(i);
            safe.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return safe.append(foreign.length() > 40 ? "...'" : "'").toString();
    }
}
