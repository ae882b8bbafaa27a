#!/usr/bin/env python3
"""What the checks of layers and names find in small made-up trees."""
import unittest

import check_layers
import check_names
from source_tree import Sources, is_below


def tree(**files):
    """Keyword "sys__net__a_h" is the file sys/net/a.h."""
    return Sources.of_text({name.replace("__", "/")[:-2] + "." + name[-1]: text for name, text in files.items()})


def include(*paths):
    return "".join(f'#include "{path}"\n' for path in paths)


class Layers(unittest.TestCase):
    def found(self, check, **files):
        return list(check(tree(**files)))

    def test_names_in_the_table(self):
        self.assertTrue(is_below("sys/net/a.h", "sys"))
        self.assertTrue(is_below("sandbox/spec.h", "sandbox/*"))
        self.assertFalse(is_below("sandbox/cgroup/cgroup.h", "sandbox/*"))
        self.assertFalse(is_below("system/a.h", "sys"))

    def test_the_longest_prefix_is_the_rule(self):
        upward = self.found(check_layers.check_includes, sys__loop__a_h=include("sys/net/b.h"), sys__net__b_h="")
        self.assertEqual(["src/sys/loop/a.h: sys/loop may not include sys/net/b.h"], upward)
        self.assertEqual([], self.found(check_layers.check_includes, sys__net__b_h=include("sys/loop/a.h"), sys__loop__a_h=""))

    def test_siblings_never_meet(self):
        self.assertTrue(self.found(check_layers.check_includes, ipc__a_h=include("functions/b.h"), functions__b_h=""))

    def test_an_unknown_folder(self):
        self.assertTrue(self.found(check_layers.check_includes, misc__a_h=""))

    def test_pure_is_what_all_includes_are(self):
        files = {"engine__routing__a_h": include("base/b.h"), "base__b_h": "#include <unistd.h>\n"}
        self.assertEqual(["src/engine/routing/a.h -> base/b.h: pure, but <unistd.h>"],
                         self.found(check_layers.check_purity, **files))
        said = {"uplink__a_h": "// A queue. Pure.\n" + include("base/b.h"), "base__b_h": "#include <boost/asio.hpp>\n"}
        self.assertEqual(1, len(self.found(check_layers.check_purity, **said)))

    def test_cycles(self):
        files = {"sandbox__cgroup__a_h": include("sandbox/seccomp/b.h"), "sandbox__seccomp__b_h": include("sandbox/cgroup/c.h"),
                 "sandbox__cgroup__c_h": ""}
        self.assertEqual(1, len(self.found(check_layers.check_cycles, **files)))

    def test_links(self):
        cmake = "fescue_layer(ipc PCH asio LINK fescue_uplink)\nfescue_layer(engine PCH pure LINK fescue_base)\n"
        cmake += "fescue_layer(model PCH pure LINK fescue_base)\n"
        sources = tree(engine__routing__a_h=include("model/b.h"), model__b_h="")
        self.assertEqual(["CMakeLists.txt: ipc links uplink, which the table does not allow",
                          "src/engine/routing/a.h: includes model, which CMakeLists.txt does not link to engine"],
                         list(check_layers.check_links(sources, cmake)))


class Names(unittest.TestCase):
    def test_headers(self):
        self.assertTrue(list(check_names.check_headers(tree(ipc__a_h="", core__a_h=""))))

    def test_classes(self):
        twice = tree(ipc__a_h="class Queue;\nclass Queue final : public Base {\n};\n", uplink__b_h="struct Queue {\n};\n")
        self.assertEqual(["Queue: defined in ipc/a.h, uplink/b.h"], list(check_names.check_classes(twice)))
        once = tree(ipc__a_h="class Queue;\n", uplink__b_h="struct Queue {\n};\n", core__c_h="  struct Queue {};\n")
        self.assertEqual([], list(check_names.check_classes(once)))

    def test_readmes(self):
        sources = tree(ipc__a_h="", ipc__below__b_h="")
        read = {"ipc": "| a | `a.h`, `gone.h` |\n"}.get
        self.assertEqual(["src/ipc/README.md: no file gone.h", "src/ipc/README.md: does not speak of below/"],
                         list(check_names.check_readmes(sources, read)))


if __name__ == "__main__":
    unittest.main()
