def test_library_loads(shelf, cast):
    assert len(shelf.tracks) == 5
