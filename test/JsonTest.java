import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("JSON")
class JsonTest {
    private static ConsoleLogin.Failure refused(String text) {
        var failure = assertThrows(ConsoleLogin.Failure.class, () -> ConsoleLogin.Json.parse(text));
        assertTrue(failure.getMessage().matches("not JSON: .{1,30} expected at character \\d+"), failure.getMessage());
        return failure;
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("null", null),
                arguments("true", true),
                arguments("false", false),
                arguments("\"\"", ""),
                arguments("\"a b\"", "a b"),
                arguments("\"ü€😀\"", "ü€😀"),
                arguments("[]", List.of()),
                arguments("{}", Map.of()),
                arguments(" \t\r\n[ \t\r\n] \t\r\n", List.of()),
                arguments("[1,\"2\",null,[true]]", Arrays.asList(BigDecimal.ONE, "2", null, List.of(true))),
                arguments("{\"a\" : {\"b\" : [ ] } , \"\" : \"c\"}", Map.of("a", Map.of("b", List.of()), "", "c")),
                arguments("[[],[],{},{}]", List.of(List.of(), List.of(), Map.of(), Map.of())));
    }

    @ParameterizedTest @MethodSource("values") @DisplayName("Each kind of value is read.")
    void reads(String text, Object value) {
        assertEquals(value, ConsoleLogin.Json.parse(text));
    }

    static Stream<Arguments> escapes() {
        return Stream.of(
                arguments("\\\"", "\""),
                arguments("\\\\", "\\"),
                arguments("\\/", "/"),
                arguments("\\b", "\b"),
                arguments("\\f", "\f"),
                arguments("\\n", "\n"),
                arguments("\\r", "\r"),
                arguments("\\t", "\t"),
                arguments("\\u0041", "A"),
                arguments("\\u00e9\\u00E9", "éé"),
                arguments("\\u0022\\u005c", "\"\\"),
                arguments("\\uD83D\\ude00", "😀"),
                arguments("\\\\n", "\\n"),
                arguments("\\\\\\\"", "\\\""),
                arguments("\\u00411", "A1"));
    }

    @ParameterizedTest @MethodSource("escapes") @DisplayName("Each escape sequence is read, and surrogate pairs.")
    void unescapes(String escaped, String value) {
        assertEquals("<" + value + ">", ConsoleLogin.Json.parse("\"<" + escaped + ">\""));
        assertEquals(Map.of(value, value), ConsoleLogin.Json.parse("{\"" + escaped + "\":\"" + escaped + "\"}"));
    }

    @ParameterizedTest @ValueSource(strings = {"\\x", "\\'", "\\0", "\\U0041", "\\u", "\\u004", "\\u00g1", "\\u+041",
            "\\u 041", "\\u٠٠٤١", "\\", "\\\n"})
    @DisplayName("Other escape sequences are refused.")
    void refusesEscapes(String escaped) {
        refused("\"" + escaped + "\"");
        refused("\"" + escaped);
    }

    @ParameterizedTest @CsvSource({"0,0", "-0,0", "7,7", "-12,-12", "1.5,1.5", "-0.25,-0.25", "1e2,100", "1E+2,100",
            "25e-1,2.5", "1.5E3,1500", "0e0,0", "1767776706,1767776706", "1767776706000,1767776706000",
            "9007199254740993,9007199254740993", "0.1,0.1", "1e-400,1e-400", "1e400,1e400"})
    @DisplayName("Numbers are read as they are, without loss.")
    void readsNumbers(String text, BigDecimal value) {
        assertEquals(0, value.compareTo((BigDecimal) ConsoleLogin.Json.parse(text)));
        var elements = (List<?>) ConsoleLogin.Json.parse("[" + text + "," + text + "]");
        assertEquals(2, elements.size());
        for (Object element : elements) assertEquals(0, value.compareTo((BigDecimal) element));
    }

    @Test @DisplayName("A number of up to 63 characters is read, a longer one refused.")
    void numberBound() {
        for (String digit : List.of("1", "7")) {
            assertEquals(new BigDecimal(digit.repeat(63)), ConsoleLogin.Json.parse(digit.repeat(63)));
            for (int length : new int[] {64, 65, 1000, 1_000_000}) {
                refused(digit.repeat(length));
                refused("{\"a\":-0." + digit.repeat(length) + "}");
            }
        }
    }

    @ParameterizedTest @ValueSource(strings = {"1e2147483647", "1e2147483648", "1e-2147483648", "1e9999999999",
            "1e-9999999999", "-1.5E+99999999999999999999", "0e99999999999"})
    @DisplayName("An exponent that no number has is refused, or read; it is no mistake of the program.")
    void hugeExponents(String text) {
        try {
            assertTrue(ConsoleLogin.Json.parse(text) instanceof BigDecimal);
        } catch (ConsoleLogin.Failure refused) {
            refused(text);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"01", "-01", "00", "1.", ".5", "-.5", "+1", "-", "--1", "1e", "1e+",
            "1.e1", "1e1.5", "1.2.3", "NaN", "-NaN", "Infinity", "-Infinity", "0x1", "0x1p3", "1f", "1d", "1L", "1_000",
            "١", "1,5", "1 000", "True", "TRUE", "nul", "nullnull", "undefined", "e", "."})
    @DisplayName("What looks like a number or a word, but is none, is refused.")
    void refusesNumbers(String text) {
        refused(text);
        refused("[" + text.replace(',', ';') + "]");
    }

    @ParameterizedTest @ValueSource(strings = {"", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[,]",
            "[1,,2]", "[1 2]", "[1}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,\"a\":1}",
            "{\"a\":1 \"b\":2}", "{\"a\":1,,\"b\":2}", "{\"a\" 1}", "{\"a\"=1}", "{a:1}", "{1:1}", "{'a':1}", "'a'",
            "[1:2]", "{\"a\":1;\"b\":2}", "{null:1}", "// c\n1", "/* c */1", "[1/**/]"})
    @DisplayName("Missing, leading, trailing and wrong punctuation is refused.")
    void refusesPunctuation(String text) {
        refused(text);
    }

    @ParameterizedTest @ValueSource(strings = {"1 1", "{} {}", "{}]", "[]x", "\"a\"b", "\"a\"\"b\"", "null,",
            "true false", "{}\0", "1\0 2", "{} \0{}"})
    @DisplayName("Text after the value is refused, also behind a NUL.")
    void refusesTrailingText(String text) {
        refused(text);
    }

    @ParameterizedTest @ValueSource(strings = {"\"", "\"a", "\"a\\\"", "{\"a", "{\"a\":\"b", "[\"a"})
    @DisplayName("A string that does not end is refused.")
    void refusesUnterminated(String text) {
        refused(text);
    }

    @ParameterizedTest @ValueSource(ints = {0, 1, 8, 9, 10, 12, 13, 27, 31})
    @DisplayName("Control characters are refused in a string, and those that are no JSON white space outside.")
    void refusesControlCharacters(int control) {
        refused("\"a" + (char) control + "b\"");
        refused("\"a" + (char) control + "\"");
        refused("{\"a" + (char) control + "\":1}");
        if (" \t\r\n".indexOf(control) < 0) refused("[1," + (char) control + "2]");
    }

    @ParameterizedTest @ValueSource(strings = {"\u00a0{}", "{}\u3000", "\u2028{}", "[\u200b]"})
    @DisplayName("White space that only Unicode knows is refused.")
    void refusesUnicodeSpace(String text) {
        refused(text);
    }

    @ParameterizedTest @ValueSource(strings = {"{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":2,\"a\":1}", "{\"a\":null,\"a\":1}",
            "{\"a\":1,\"\\u0061\":2}", "[{\"\":1,\"\":2}]"})
    @DisplayName("A name that comes twice in an object is refused.")
    void refusesDuplicates(String text) {
        refused(text);
    }

    @Test @DisplayName("The same name in two objects is no duplicate.")
    void sameNameElsewhere() {
        assertEquals(Map.of("a", Map.of("a", BigDecimal.ONE), "b", Map.of("a", new BigDecimal(2))),
                ConsoleLogin.Json.parse("{\"a\":{\"a\":1},\"b\":{\"a\":2}}"));
    }

    @ParameterizedTest @ValueSource(ints = {1, 10, 64}) @DisplayName("Nesting up to 64 is read.")
    void nesting(int depth) {
        assertTrue(ConsoleLogin.Json.parse("[".repeat(depth) + "]".repeat(depth)) instanceof List);
        assertTrue(ConsoleLogin.Json.parse("{\"a\":".repeat(depth) + "{}" + "}".repeat(depth)) instanceof Map);
    }

    @ParameterizedTest @ValueSource(ints = {66, 1000, 100_000, 1_000_000})
    @DisplayName("Deeper nesting is refused, however deep it is.")
    void refusesNesting(int depth) {
        refused("[".repeat(depth) + "]".repeat(depth));
        refused("[".repeat(depth));
        refused("{\"a\":".repeat(depth) + "1" + "}".repeat(depth));
        refused("[{\"a\":".repeat(depth / 2) + "1" + "}]".repeat(depth / 2));
    }

    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``              |  1
            01              |  1
            [1 2]           |  4
            [1,]            |  4
            {"a":1,}        |  8
            {"a" 1}         |  6
            {"a":01}        |  6
            {} x            |  4
            "ab             |  4
            {"a":"b","c":   | 14
            {"a":"b","c":x} | 14
            """)
    @DisplayName("The error says at which character it is.")
    void position(String text, int position) {
        String message = refused(text).getMessage();
        assertTrue(message.endsWith(" expected at character " + position), message);
    }

    @ParameterizedTest @ValueSource(strings = {"MARKER", "{MARKER}", "{\"a\":MARKER}", "{\"MARKER\":1,\"MARKER\":2}",
            "[\"MARKER\" 1]", "{\"MARKER\" 1}", "{\"a\":\"MARKER\\x\"}", "{\"a\":\"MARKER\n\"}", "{\"a\":\"MARKER",
            "{} MARKER", "\"\\uMARKER\"", "[1]MARKER", "{\"a\":\"MARKER\",}", "{\"a\":-MARKER}"})
    @DisplayName("The error quotes nothing of the text.")
    void quotesNothing(String text) {
        var failure = refused(text);
        assertFalse((failure + failure.hint).contains("MARKER"), failure.getMessage());
        assertNull(failure.getCause());
    }

    @Test @DisplayName("A document that breaks off is refused wherever that is, and never quoted.")
    void brokenOff() {
        String whole = "{\"Version\": 1, \"SecretAccessKey\": \"MARKER\\/\\u0041\", \"a\": [true, null, -1.5e3, {}]}";
        assertTrue(ConsoleLogin.Json.parse(whole) instanceof Map);
        for (int length = 0; length < whole.length(); length++)
            assertFalse(refused(whole.substring(0, length)).toString().contains("MARKER"));
    }

    @ParameterizedTest @ValueSource(strings = {"", "a", "\"", "\\", "\\\"", "\\\\", "\"\\\"\\\\\"", "\\n", "\\u0041",
            "/+=", "{\"a\":[1]}", "a\",\"b\":\"c", "ü€😀", "'", "<&>"})
    @DisplayName("What is written is read back as it was.")
    void roundTrip(String text) {
        Map<String, Object> object = ConsoleLogin.Json.object("sessionId", text, "sessionKey", text + text);
        assertEquals(Map.of("sessionId", text, "sessionKey", text + text), object);
        assertEquals(object, ConsoleLogin.Json.parse(ConsoleLogin.Json.write(object)));
        assertEquals(Map.of(text, text),
                ConsoleLogin.Json.parse(ConsoleLogin.Json.write(ConsoleLogin.Json.object(text, text))));
    }

    @Test @DisplayName("Each control character is written as an escape sequence, and read back.")
    void controlCharacters() {
        for (char c = 0; c < ' '; c++) {
            String json = ConsoleLogin.Json.write("a" + c + "b");
            assertEquals("\"a\\u%04xb\"".formatted((int) c), json);
            assertEquals("a" + c + "b", ConsoleLogin.Json.parse(json));
        }
    }

    @ParameterizedTest @ValueSource(strings = {"null", "true", "false", "0", "-1.5", "1767776706000", "\"\"", "\"a\"",
            "[]", "{}", "[[]]", "[{},[],null,true,1,\"a\"]", "{\"\":{\"a\":[1,2,{\"b\":null}]},\"c\":false}",
            "{\"z\":1,\"y\":2,\"a\":3,\"B\":4}", "\"\\\"\\\\/\"", "[\"\\u0000\\u001f\\u000a\"]", "\"ü€😀\u2028\u007f\""})
    @DisplayName("What was read is written as it was, members in their order.")
    void rewrites(String json) {
        assertEquals(json, ConsoleLogin.Json.write(ConsoleLogin.Json.parse(json)));
    }

    @Test @DisplayName("The deepest nesting that is read is written.")
    void rewritesNesting() {
        for (String json : List.of("[".repeat(64) + "]".repeat(64), "{\"a\":".repeat(64) + "{}" + "}".repeat(64)))
            assertEquals(json, ConsoleLogin.Json.write(ConsoleLogin.Json.parse(json)));
    }

    @Test @DisplayName("Anything else, such as a time, is written as a string.")
    void writesOthers() {
        assertEquals("[\"2026-01-31T12:00:00Z\",\"https://a.example/\",\"x\"]", ConsoleLogin.Json.write(
                List.of(Instant.parse("2026-01-31T12:00:00Z"), URI.create("https://a.example/"), 'x')));
    }

    @Test @DisplayName("The members of an object are a copy; anything else has none.")
    void members() {
        Object object = ConsoleLogin.Json.parse("{\"a\":1,\"b\":null}");
        Map<String, Object> members = ConsoleLogin.Json.members(object);
        assertEquals(object, members);
        members.put("c", "d");
        assertEquals("{\"a\":1,\"b\":null}", ConsoleLogin.Json.write(object));
        for (String other : List.of("null", "1", "\"a\"", "[\"a\"]", "true"))
            assertEquals(Map.of(), ConsoleLogin.Json.members(ConsoleLogin.Json.parse(other)), other);
    }

    @Test @DisplayName("Members are written in their order, without blanks, and without those that are null.")
    void writes() {
        assertEquals("{}", ConsoleLogin.Json.write(ConsoleLogin.Json.object()));
        assertEquals("{}", ConsoleLogin.Json.write(ConsoleLogin.Json.object("a", null)));
        assertEquals("{\"b\":1,\"a\":\"2\"}",
                ConsoleLogin.Json.write(ConsoleLogin.Json.object("b", 1, "c", null, "a", "2")));
    }

    @Test @DisplayName("A member that is absent, or no string, is no string.")
    void strings() {
        Object object = ConsoleLogin.Json.parse("{\"a\":\"b\",\"n\":1,\"o\":{\"a\":\"x\"},\"z\":null}");
        assertEquals("b", ConsoleLogin.Json.string(object, "a"));
        for (String name : List.of("n", "o", "z", "A", "")) assertNull(ConsoleLogin.Json.string(object, name), name);
        for (String other : List.of("null", "1", "\"a\"", "[\"a\"]", "true"))
            assertNull(ConsoleLogin.Json.string(ConsoleLogin.Json.parse(other), "a"), other);
    }
}
