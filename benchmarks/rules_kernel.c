/* The pass of curate/scan/kernel.py in C, to hold the compiled Python against: the same steps and
   the same numbers. Built by rules_kernel.py: cc -O3 -march=native -shared -fPIC. */

#include <stdint.h>
#include <stdlib.h>

enum { SPACE = 1, LETTER = 2, UPPER = 4, LOWER = 8, DIGIT = 16, PUNCTUATION = 32, TERMINAL = 64,
       CLOSING = 128, MARK = 256, ALONE = 512 };

enum { CHARACTERS, TRIMMED, SOLID, WORDS, LONGEST_WORD, ALPHABETIC_WORDS, LETTERS, UPPERS, DIGITS,
       PUNCTUATIONS, NON_ASCII, HASHES, ELLIPSES, STOP_WORDS, STOP_WORD_HITS, FEEDS, LINES,
       LINE_CHARACTERS, BULLET_LINES, ELLIPSIS_LINES, PUNCTUATED_LINES, SHORT_LINES, PARAGRAPHS,
       SENTENCES, COUNTS };

enum { AGAIN_LINES, AGAIN_LINE_CHARACTERS, AGAIN_PARAGRAPHS, AGAIN_PARAGRAPH_CHARACTERS, TOP_2,
       TOP_3, TOP_4, AGAIN_5, AGAIN_6, AGAIN_7, AGAIN_8, AGAIN_9, AGAIN_10, DISTINCT_WORDS,
       SURPRISE, MEDIAN_TWICE, REPETITION };

enum { PERIOD = '.', ELLIPSIS = 0x2026, SHORT_LINE = 30 };
enum { NONE_YET, SOME, PASSED, NO_CORE };

static const uint64_t SEED = 0xCBF29CE484222325u, PRIME = 0x100000001B3u;
static const uint64_t TURN = 0x9E3779B97F4A7C15u, STOP_TURN = 0xA648A7DD06839EB9u;
static const char *const STOPS[] = {"the", "be", "to", "of", "and", "that", "have", "with"};

static inline uint64_t mixed(uint64_t value) {
    value ^= value >> 33;
    value *= 0xFF51AFD7ED558CCDu;
    value ^= value >> 33;
    value *= 0xC4CEB9FE1A85EC53u;
    return value ^ value >> 33;
}

static inline int32_t bigger(int32_t one, int32_t other) { return one > other ? one : other; }

static inline int is_sure_bullet(int32_t code) {
    switch (code) {
    case 0x2022: case 0x2023: case 0x25E6: case 0x2043: case 0x2219: case 0x25AA: case 0x25CF:
        return 1;
    }
    return 0;
}

static inline int is_east_asian(int32_t code) {
    switch (code) {
    case 0x3002: case 0xFF0E: case 0xFF01: case 0xFF1F: case 0xFF61:
        return 1;
    }
    return 0;
}

static inline uint64_t each(uint8_t byte) { return byte * 0x0101010101010101u; }

/* The eight bytes from a place on as one number, the first the lowest; zeros from stop on. */
static inline uint64_t eight_of(const uint8_t *data, int64_t place, int64_t stop) {
    uint64_t value = 0;
    if (place + 8 <= stop) {
        for (int byte = 0; byte < 8; byte++)
            value |= (uint64_t)data[place + byte] << 8 * byte;
        return value;
    }
    for (int byte = 0; byte < stop - place; byte++)
        value |= (uint64_t)data[place + byte] << 8 * byte;
    return value;
}

/* Ones in the bytes before the first that is no ASCII letter. */
static inline uint64_t letters_first(uint64_t eight) {
    const uint64_t low = (eight | each(0x20)) & each(0x7F);
    const uint64_t letters = (low + each(0x1F)) & ~(low + each(0x05)) & ~eight & each(0x80);
    const uint64_t others = letters ^ each(0x80);
    return ((others & -others) >> 7) - 1;
}

/* How many bytes of a number have their lowest bit. */
static inline int32_t bytes_of(uint64_t ones) {
    return (int32_t)((ones & each(1)) * each(1) >> 56);
}

static inline uint32_t stop_bit(const uint64_t *stops, uint64_t core, int state, int32_t length) {
    if (state == NO_CORE || length == 0 || length > 8)
        return 0;
    const uint64_t slot = core * STOP_TURN >> 60;
    return (uint32_t)(stops[slot] == core) << slot;
}

void scan(int64_t texts, const uint8_t *data, const int32_t *offsets, const uint8_t *valid,
          const uint16_t *classes, int64_t *counts, uint64_t *word_hashes, int32_t *word_characters,
          int32_t *word_starts, int32_t *word_stops, int64_t *word_ends, uint64_t *line_hashes,
          int32_t *line_characters, uint8_t *line_opens, int64_t *line_ends) {
    uint64_t stops[16] = {0};
    for (int word = 0; word < 8; word++) {
        uint64_t number = 0;
        for (int letter = 0; STOPS[word][letter]; letter++)
            number |= (uint64_t)STOPS[word][letter] << 8 * letter;
        stops[number * STOP_TURN >> 60] = number;
    }
    int64_t word_number = 0, line_number = 0;
    for (int64_t text = 0; text < texts; text++) {
        word_ends[text] = word_number;
        line_ends[text] = line_number;
        if (!valid[text])
            continue;
        const int64_t start = offsets[text], stop = offsets[text + 1];
        const int64_t first_word = word_number, first_line = line_number;
        int64_t characters = 0, solid = 0, lead = 0, trail = 0, letters = 0, upper = 0, digits = 0,
                punctuation = 0, ascii = 0, hashes = 0, ellipses = 0, alphabetic = 0, stop_hits = 0,
                feeds = 0, all_line_characters = 0, bullets = 0, ellipsis_lines = 0, punctuated = 0,
                short_lines = 0, paragraphs = 0, sentences = 0, dots = 0, dot_run = 0;
        uint32_t stop_mask = 0;
        int word = 0, word_alphabetic = 0, core_state = NONE_YET;
        int32_t longest = 0, word_length = 0, word_start = 0, core_length = 0;
        uint64_t word_hash = SEED, core = 0, line_hash = SEED, line_hash_solid = SEED;
        int32_t line_length = 0, line_length_solid = 0, line_first = 0;
        int line_terminal = 0, line_dots = 0, blank_before = 1, content = 0, ending = 0, kind = 0;
        int32_t before = 0, before_that = 0;
        for (int64_t place = start; place <= stop;) {
            const int at_end = place == stop;
            const int64_t here = place;
            int32_t code;
            if (at_end) {
                code = '\n';
                place++;
            } else {
                const uint8_t byte = data[place];
                if (byte < 0x80) {
                    code = byte;
                    place++;
                    ascii++;
                } else if (byte < 0xE0) {
                    code = (byte & 0x1F) << 6 | (data[place + 1] & 0x3F);
                    place += 2;
                } else if (byte < 0xF0) {
                    code = (byte & 0x0F) << 12 | (data[place + 1] & 0x3F) << 6
                           | (data[place + 2] & 0x3F);
                    place += 3;
                } else {
                    code = (byte & 0x07) << 18 | (data[place + 1] & 0x3F) << 12
                           | (data[place + 2] & 0x3F) << 6 | (data[place + 3] & 0x3F);
                    place += 4;
                }
                characters++;
            }
            const int flags = classes[code];
            const int is_space = (flags & SPACE) != 0;
            const int starts_word =
                !is_space
                && (word == 0 || flags & ALONE || (word == 2 && flags & (LETTER | DIGIT)));
            if (word && (is_space || starts_word)) {
                word_hash = mixed(word_hash);
                line_hash = (line_hash ^ word_hash) * PRIME;
                line_hash_solid = line_hash;
                line_length_solid = line_length;
                word_hashes[word_number] = word_hash;
                word_characters[word_number] = word_length;
                word_starts[word_number] = word_start;
                word_stops[word_number] = (int32_t)(here - start);
                word_number++;
                alphabetic += word_alphabetic;
                const uint32_t bit = stop_bit(stops, core, core_state, core_length);
                stop_mask |= bit;
                stop_hits += bit != 0;
                word = 0;
            }
            if (is_space) {
                dots = 0;
                if (ending == 1) {
                    ending = 2;
                    if (kind == 2) {
                        sentences++;
                        content = ending = 0;
                    }
                }
                if (code == '\n') {
                    sentences += content;
                    content = ending = 0;
                    feeds += !at_end;
                    if (line_length_solid > 0) {
                        line_hashes[line_number] = mixed(line_hash_solid);
                        line_characters[line_number] = line_length_solid;
                        line_opens[line_number] = (uint8_t)blank_before;
                        line_number++;
                        paragraphs += blank_before;
                        blank_before = 0;
                        all_line_characters += line_length_solid;
                        short_lines += line_length_solid < SHORT_LINE;
                        punctuated += line_terminal;
                        ellipsis_lines += line_dots;
                        if (line_length == 1 && (line_first == '-' || line_first == '*'))
                            bullets++;
                    } else {
                        blank_before = 1;
                    }
                    line_hash = SEED;
                    line_length = line_length_solid = 0;
                    line_terminal = line_dots = 0;
                } else if (line_length_solid > 0) {
                    if (line_length == 1 && (line_first == '-' || line_first == '*'))
                        bullets++;
                    line_hash = (line_hash ^ (uint64_t)code) * PRIME;
                    line_length++;
                }
                if (!at_end) {
                    if (solid == 0)
                        lead++;
                    else
                        trail++;
                }
                before_that = before;
                before = 0;
                continue;
            }
            solid++;
            trail = 0;
            if (flags & LETTER) {
                letters++;
                upper += (flags & UPPER) != 0;
            } else if (flags & DIGIT) {
                digits++;
            } else if (flags & PUNCTUATION) {
                punctuation++;
            }
            if (starts_word) {
                word = flags & ALONE ? 2 : 1;
                word_hash = SEED;
                word_length = 0;
                word_alphabetic = 0;
                word_start = (int32_t)(here - start);
                core_length = 0;
                core_state = NONE_YET;
            }
            word_hash = (word_hash ^ (uint64_t)code) * PRIME;
            word_length++;
            word_alphabetic |= (flags & LETTER) != 0;
            if (code < 0x80 && flags & LETTER) {
                core_state = core_state == NONE_YET ? SOME : NO_CORE;
                core = (uint64_t)(code | 0x20);
                core_length = 1;
            } else if (flags & (LETTER | DIGIT | MARK)) {
                core_state = NO_CORE;
            } else if (core_state == SOME) {
                core_state = PASSED;
            }
            /* Dots. */
            if (code == PERIOD) {
                dot_run = before == PERIOD ? dot_run + 1 : 1;
                if (++dots == 3) {
                    ellipses++;
                    dots = 0;
                }
            } else {
                dots = 0;
                if (code == ELLIPSIS)
                    ellipses++;
                else if (code == '#')
                    hashes++;
            }
            /* The line. */
            if (line_length == 0) {
                line_first = code;
                bullets += is_sure_bullet(code);
            }
            line_length++;
            line_dots = code == ELLIPSIS || (code == PERIOD && dot_run >= 3);
            if (flags & TERMINAL)
                line_terminal = 1;
            else if (!(flags & CLOSING))
                line_terminal = 0;
            /* The sentence. */
            if (flags & TERMINAL) {
                const int initial = code == PERIOD && before != 0 && classes[before] & UPPER
                                    && (before_that == 0
                                        || !(classes[before_that] & (LETTER | DIGIT)));
                if (!initial) {
                    ending = 1;
                    kind = is_east_asian(code) ? 2 : code == PERIOD || code == ELLIPSIS ? 0 : 1;
                }
            } else if (ending && !(flags & CLOSING)) {
                if ((ending == 2 || kind == 2) && (kind != 0 || !(flags & LOWER)))
                    sentences++;
                ending = 0;
            }
            content = 1;
            before_that = before;
            before = code;
            if (code >= 0x80 || !(flags & LETTER))
                continue;
            /* ASCII letters behind one, and further words of them behind single spaces. */
            const int64_t begun = place;
            int64_t blanks = 0;
            for (;;) {
                uint64_t eight = eight_of(data, place, stop);
                const uint64_t mask = letters_first(eight);
                eight &= mask;
                const int32_t run = bytes_of(mask);
                if (run > 0) {
                    upper += bytes_of((~eight & mask & each(0x20)) >> 5);
                    word_hash = mixed(word_hash ^ eight);
                    core |= ((eight | each(0x20)) & mask) << (8 * core_length & 63);
                    core_length += run;
                    word_length += run;
                    place += run;
                }
                if (run == 8)
                    continue;
                if (place + 1 >= stop || data[place] != ' ')
                    break;
                const uint8_t byte = data[place + 1];
                if ((uint8_t)((byte | 0x20) - 'a') >= 26)
                    break;
                word_hash = mixed(word_hash);
                line_hash = (((line_hash ^ word_hash) * PRIME) ^ ' ') * PRIME;
                word_hashes[word_number] = word_hash;
                word_characters[word_number] = word_length;
                word_starts[word_number] = word_start;
                word_stops[word_number] = (int32_t)(place - start);
                word_number++;
                const uint32_t bit = stop_bit(stops, core, core_state, core_length);
                stop_mask |= bit;
                stop_hits += bit != 0;
                alphabetic++;
                blanks++;
                upper += !(byte & 0x20);
                word_start = (int32_t)(place + 1 - start);
                word_hash = (SEED ^ byte) * PRIME;
                word_length = 1;
                core = byte | 0x20;
                core_length = 1;
                core_state = SOME;
                place += 2;
            }
            if (place > begun) {
                const int32_t run = (int32_t)(place - begun);
                before_that = data[place - 2];
                before = data[place - 1];
                characters += run;
                ascii += run;
                solid += run - blanks;
                letters += run - blanks;
                line_length += run;
            }
        }
        for (int64_t at = first_word; at < word_number; at++)
            longest = bigger(longest, word_characters[at]);
        int64_t *row = counts + text * COUNTS;
        row[CHARACTERS] = characters;
        row[TRIMMED] = characters - lead - trail;
        row[SOLID] = solid;
        row[WORDS] = word_number - first_word;
        row[LONGEST_WORD] = longest;
        row[ALPHABETIC_WORDS] = alphabetic;
        row[LETTERS] = letters;
        row[UPPERS] = upper;
        row[DIGITS] = digits;
        row[PUNCTUATIONS] = punctuation;
        row[NON_ASCII] = characters - ascii;
        row[HASHES] = hashes;
        row[ELLIPSES] = ellipses;
        row[STOP_WORDS] = __builtin_popcount(stop_mask);
        row[STOP_WORD_HITS] = stop_hits;
        row[FEEDS] = feeds;
        row[LINES] = line_number - first_line;
        row[LINE_CHARACTERS] = all_line_characters;
        row[BULLET_LINES] = bullets;
        row[ELLIPSIS_LINES] = ellipsis_lines;
        row[PUNCTUATED_LINES] = punctuated;
        row[SHORT_LINES] = short_lines;
        row[PARAGRAPHS] = paragraphs;
        row[SENTENCES] = sentences;
        word_ends[text] = word_number;
        line_ends[text] = line_number;
    }
}

/* The first place of a value that equals values[number]; owners is an open hash table of places
   above base. */
static inline int64_t first_of(int64_t number, const uint64_t *values, int64_t *owners,
                               int64_t base, uint64_t mask) {
    const uint64_t value = values[number];
    uint64_t slot = value & mask;
    while (owners[slot] >= base && values[owners[slot] - base] != value)
        slot = (slot + 1) & mask;
    int64_t owner = owners[slot];
    owner = owner >= base ? owner : base + number;
    owners[slot] = owner;
    return owner - base;
}

static inline uint64_t mask_of(int64_t count) {
    int64_t size = 16;
    while (size < 4 * count)
        size *= 2;
    return (uint64_t)(size - 1);
}

static inline int64_t larger(int64_t one, int64_t other) { return one > other ? one : other; }

void repetition(int64_t texts, const uint64_t *word_hashes, const int32_t *word_characters,
                const int64_t *word_ends, const uint64_t *line_hashes,
                const int32_t *line_characters, const uint8_t *line_opens, const int64_t *line_ends,
                const int64_t *surprise, int64_t *found) {
    int64_t most = 1, longest = 0;
    for (int64_t text = 0; text < texts; text++) {
        most = larger(most, word_ends[text] - (text ? word_ends[text - 1] : 0));
        most = larger(most, line_ends[text] - (text ? line_ends[text - 1] : 0));
    }
    for (int64_t word = 0; texts && word < word_ends[texts - 1]; word++)
        longest = larger(longest, word_characters[word]);
    int64_t *owners = calloc(mask_of(most) + 1, sizeof *owners), base = 1;
    uint64_t *values = calloc(most + 1, sizeof *values), *sums = calloc(most + 1, sizeof *sums);
    int64_t *times = calloc(most + 1, sizeof *times), *covered = calloc(most + 1, sizeof *covered);
    int64_t *stops = calloc(most + 1, sizeof *stops), *starts = calloc(most + 1, sizeof *starts);
    int64_t *widths = calloc(most + 1, sizeof *widths), *before = calloc(most + 1, sizeof *before);
    int64_t *histogram = calloc(longest + 1, sizeof *histogram);
    for (int64_t text = 0; text < texts; text++) {
        int64_t *row = found + text * REPETITION;
        int64_t first = text ? line_ends[text - 1] : 0, count = line_ends[text] - first;
        uint64_t mask = mask_of(count);
        for (int64_t line = 0; line < count; line++) {
            values[line] = line_hashes[first + line];
            if (first_of(line, values, owners, base, mask) != line) {
                row[AGAIN_LINES]++;
                row[AGAIN_LINE_CHARACTERS] += line_characters[first + line];
            }
        }
        base += count;
        if (row[AGAIN_LINES]) {
            int64_t number = 0;
            for (int64_t line = 0; line < count; number++) {
                uint64_t value = SEED;
                int64_t length = 0;
                int opened = 1;
                for (; line < count && (opened || !line_opens[first + line]); line++) {
                    value = value * TURN + line_hashes[first + line];
                    length += line_characters[first + line];
                    opened = 0;
                }
                values[number] = mixed(value);
                if (first_of(number, values, owners, base, mask) != number) {
                    row[AGAIN_PARAGRAPHS]++;
                    row[AGAIN_PARAGRAPH_CHARACTERS] += length;
                }
            }
            base += number;
        }
        first = text ? word_ends[text - 1] : 0;
        count = word_ends[text] - first;
        if (!count)
            continue;
        mask = mask_of(count);
        int64_t least = word_characters[first], widest = 0, distinct = 0;
        for (int64_t word = 0; word < count; word++) {
            const int64_t length = word_characters[first + word];
            histogram[length]++;
            least = least < length ? least : length;
            widest = larger(widest, length);
            values[word] = word_hashes[first + word];
            const int64_t earlier = first_of(word, values, owners, base, mask);
            const int64_t again = earlier != word;
            distinct += 1 - again;
            widths[word] = again;
            widths[earlier] |= again;
            times[word] = 0;
            const int64_t now = ++times[earlier];
            row[SURPRISE] += surprise[now] - surprise[now - 1];
        }
        base += count;
        row[DISTINCT_WORDS] = distinct;
        int64_t passed = 0;
        for (int64_t length = least; length <= widest; length++) {
            const int64_t number = histogram[length];
            if (passed <= (count - 1) / 2 && (count - 1) / 2 < passed + number)
                row[MEDIAN_TWICE] += length;
            if (passed <= count / 2 && count / 2 < passed + number)
                row[MEDIAN_TWICE] += length;
            passed += number;
            histogram[length] = 0;
        }
        if (distinct == count)
            continue;
        int64_t listed = 0;
        for (int64_t word = 0; word < count; word++) {
            before[word + 1] = before[word] + word_characters[first + word];
            sums[word + 1] = sums[word] * TURN + values[word];
            starts[listed] = word;
            listed += widths[word];
        }
        widths[count] = 0;
        uint64_t power = TURN;
        for (int64_t width = 2; width <= 10; width++) {
            power *= TURN;
            int64_t kept = 0;
            for (int64_t number = 0; number < listed; number++) {
                const int64_t word = starts[number];
                starts[kept] = word;
                kept += (widths[word] == width - 1) & (widths[word + 1] >= width - 1);
            }
            listed = kept;
            if (!listed)
                break;
            mask = mask_of(listed);
            int64_t best_times = 1, best_covered = 0, again = 0, stop = 0;
            for (int64_t number = 0; number < listed; number++) {
                const int64_t word = starts[number], end = word + width;
                values[number] = mixed(sums[end] - sums[word] * power);
                const int64_t earlier = first_of(number, values, owners, base, mask);
                if (earlier == number) {
                    times[number] = 1;
                    covered[number] = before[end] - before[word];
                    stops[number] = end;
                    continue;
                }
                widths[starts[earlier]] = width;
                widths[word] = width;
                again += before[end] - before[larger(word, stop)];
                stop = end;
                times[earlier]++;
                covered[earlier] += before[end] - before[larger(word, stops[earlier])];
                stops[earlier] = end;
                if (times[earlier] > best_times
                    || (times[earlier] == best_times && covered[earlier] > best_covered)) {
                    best_times = times[earlier];
                    best_covered = covered[earlier];
                }
            }
            base += listed;
            if (width <= 4)
                row[TOP_2 + width - 2] = best_covered;
            else
                row[AGAIN_5 + width - 5] = again;
        }
    }
    void *taken[] = {owners, values, sums, times, covered, stops, starts, widths, before, histogram};
    for (unsigned each = 0; each < sizeof taken / sizeof *taken; each++)
        free(taken[each]);
}
