import pytest
def test_x(acme, globex): 
    assert acme.company_id == 1
    assert globex.company_id == 2
@pytest.mark.parametrize("n",range(10))
def test_y(database,n): pass
def test_z(database,door): pass
