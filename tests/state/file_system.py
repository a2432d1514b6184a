# SPDX-License-Identifier: Apache-2.0
"""A model of a file system that loses power: from what a process did to a folder (record.c) to
what may stand there when the machine comes up again.

What is assumed of the file system, and nothing more (POSIX, and what Linux's keep):

- fsync of a file: its bytes, length and mode are on the disk. That says nothing of its name.
- fsync of a folder: all that it says of its files by then (names that were made, renamed,
  removed) is on the disk. That says nothing of the bytes of those files, nor of the folder's own
  name, which its parent says.
- rename is one step: afterwards there is the old state or the new one, with never both names nor
  neither, and with the bytes of the file that got the name.
- What is on the disk stays as it is.

Whatever was not flushed may have reached the disk or not, in any order: any of the writes to a file
and any of the changes of a folder, the later without the earlier, a write in part, or the length of
a file with zeros in the place of its bytes. A file of which nothing was flushed is empty, or cut,
with any mode that it ever had. (Two changes of one name do not overtake each other.)
"""
import os

HOWS = ["nothing", "all", "order", "any", "names", "bytes"]


class File:
    def __init__(self, data=b"", mode=0o644):
        self.disk, self.disk_mode = data, mode
        self.pending = []  # ("write", at, bytes), ("truncate", len), ("chmod", mode)

    @staticmethod
    def apply(state, op):
        data, mode = state
        if op[0] == "chmod":
            return data, op[1]
        if op[0] == "truncate":
            return data[:op[1]].ljust(op[1], b"\0"), mode
        at, piece = op[1:]
        return data[:at].ljust(at, b"\0") + piece + data[at + len(piece):], mode

    def now(self):
        state = self.disk, self.disk_mode
        for op in self.pending:
            state = self.apply(state, op)
        return state

    def flush(self):
        self.disk, self.disk_mode = self.now()
        self.pending = []

    def after_cut(self, how, chance):
        """(bytes, mode)"""
        state = self.disk, self.disk_mode
        for op in kept(self.pending, "all" if how == "bytes" else
                       "nothing" if how == "names" else how, chance):
            if op[0] == "write" and how == "any":
                op = self.part(op, chance)
            state = self.apply(state, op)
        return state

    @staticmethod
    def part(op, chance):
        _, at, piece = op
        return chance.choice([op, ("write", at, piece[:chance.randrange(len(piece) + 1)]),
                              ("write", at, b"\0" * len(piece))])


class Dir:
    def __init__(self, mode=0o755):
        self.mode = mode
        self.disk = {}  # name: File or Dir
        self.pending = []  # {name: File, Dir or None}: all of one step

    @staticmethod
    def apply(names, op):
        names = {**names, **op}
        return {name: node for name, node in names.items() if node is not None}

    def now(self):
        names = self.disk
        for op in self.pending:
            names = self.apply(names, op)
        return names

    def flush(self):
        self.disk = self.now()
        self.pending = []

    def after_cut(self, how, chance):
        names = self.disk
        for op in kept(self.pending, "all" if how == "names" else
                       "nothing" if how == "bytes" else how, chance):
            names = self.apply(names, op)
        return names


def kept(pending, how, chance):
    """Those of the operations that reached the disk."""
    if how == "nothing":
        return []
    if how == "order":
        return pending[:chance.randrange(len(pending) + 1)]
    if how == "any":
        return [op for op in pending if chance.random() < 0.5]
    return pending


class FileSystem:
    """What is below `root`, which is there and empty or as it was when the recording began."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.nodes = {}  # inode: node
        self.top = self.load(self.root)

    def load(self, path):
        info = os.lstat(path)
        mode = info.st_mode & 0o7777
        if os.path.isdir(path):
            node = Dir(mode)
            node.disk = {name: self.load(os.path.join(path, name)) for name in os.listdir(path)}
        else:
            with open(path, "rb") as file:
                node = File(file.read(), mode)
        self.nodes[f"{os.major(info.st_dev)}.{os.minor(info.st_dev)}:{info.st_ino}"] = node
        return node

    def find(self, path):
        """(the folder, the name in it); None for what is not below the root."""
        parts = os.path.relpath(os.path.normpath(path), self.root).split(os.sep)
        if parts[0] in (os.pardir, os.curdir):
            return None
        node = self.top
        for part in parts[:-1]:
            node = node.now()[part]
        return node, parts[-1]

    def do(self, op):
        """One operation of a recording. True where it is one on what is below the root."""
        kind, *args = op
        if kind in ("create", "mkdir"):
            return self.make(kind, *args)
        if kind in ("rename", "unlink"):
            return self.name(*args)
        node = self.nodes.get(args[0])
        if node and kind == "fsync":
            node.flush()
        elif node:
            node.pending.append((kind, *args[1:]))
        return bool(node)

    def make(self, kind, inode, path, mode):
        place = self.find(path)
        if place:
            folder, name = place
            self.nodes[inode] = Dir(mode) if kind == "mkdir" else File(b"", mode)
            folder.pending.append({name: self.nodes[inode]})
        return bool(place)

    def name(self, path, to=None):
        places = [self.find(one) for one in (path, to) if one]
        if not all(places):
            return False
        folder, name = places[0]
        step = {name: None}
        if to:
            assert places[1][0] is folder, "a rename to another folder is not modelled"
            step[places[1][1]] = folder.now()[name]
        folder.pending.append(step)
        return True

    def write(self, to, how=None, chance=None):
        """What stands there after a cut of this kind; without one, what a process sees."""
        os.mkdir(to)
        self.write_folder(self.top, to, how, chance)

    def write_folder(self, node, to, how, chance):
        names = node.after_cut(how, chance) if how else node.now()
        for name, below in sorted(names.items()):
            path = os.path.join(to, name)
            if isinstance(below, Dir):
                os.mkdir(path, below.mode)
                self.write_folder(below, path, how, chance)
            else:
                data, mode = below.after_cut(how, chance) if how else below.now()
                with open(path, "wb") as file:
                    file.write(data)
                os.chmod(path, mode)


def read_record(path):
    """The operations that record.c wrote."""
    out = []
    with open(path, "rb") as file:
        for line in file:
            kind, *args = line.rstrip(b"\n").decode().split("\t")
            if kind == "write":
                args = [args[0], int(args[1]), file.read(int(args[2]))]
            elif kind in ("create", "mkdir"):
                args[2] = int(args[2], 8)
            elif kind in ("truncate", "chmod"):
                args[1] = int(args[1])
            out.append((kind, *args))
    return out
