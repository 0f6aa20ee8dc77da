package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** A line of a table in {@code docs/kafka-security.md}: a right of the user that has the name of its role. */
record DocumentedRight(String role, AclBinding acl) {

    private static final Path DOCUMENT =
            Path.of(System.getProperty("keyspike.root", ".."), "docs", "kafka-security.md");

    /** Lines such as {@code | service | Topic | audio-frames | literal | Read | … |}, up to the next heading. */
    static List<DocumentedRight> under(String heading) throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        assertThat(lines).contains(heading);
        var rights = new ArrayList<DocumentedRight>();
        for (String line : lines.subList(lines.indexOf(heading) + 1, lines.size())) {
            if (line.startsWith("#")) {
                break;
            }
            String[] cells = line.split("\\|", -1);
            if (cells.length >= 6 && cells[1].strip().matches("service|device|reader|operator|administrator")) {
                rights.add(of(cells));
            }
        }
        assertThat(rights).hasSizeGreaterThan(8);
        return rights;
    }

    private static DocumentedRight of(String[] cells) {
        String role = cells[1].strip();
        return new DocumentedRight(
                role,
                new AclBinding(
                        new ResourcePattern(
                                ResourceType.fromString(constant(cells[2])),
                                cells[3].strip().replace("`", ""),
                                PatternType.fromString(constant(cells[4]))),
                        new AccessControlEntry(
                                "User:" + role,
                                "*",
                                AclOperation.fromString(constant(cells[5])),
                                AclPermissionType.ALLOW)));
    }

    private static String constant(String cell) {
        return cell.strip().replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return role + " " + acl.pattern().resourceType() + " " + acl.pattern().name() + " "
                + acl.entry().operation();
    }
}
