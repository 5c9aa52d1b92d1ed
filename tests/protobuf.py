# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads protocol buffers such as ONNX files, and changes them as other programs would have written them."""
import collections

# start and end are where the field with its number and kind lies; value is a number, or what lies between
Field = collections.namedtuple("Field", "number value start end")
METADATA = 14


def fields(data):
    """The fields of a protocol buffer."""
    place = 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        start, key = place, varint()
        if key & 7 == 0:
            value = varint()
        else:
            length = {1: 8, 5: 4}.get(key & 7) or varint()
            value = data[place:place + length]
            place += length
        yield Field(key >> 3, value, start, place)


def without_metadata(data):
    """An ONNX file without the metadata that only we read."""
    return b"".join(data[field.start:field.end] for field in fields(data) if field.number != METADATA)
